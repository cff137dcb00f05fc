using System.ComponentModel;
using System.Text.Json;

namespace AgentFlow.CompilerServices;

/// <summary>Reads a value of an argument. For generated code.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <param name="json">The value as JSON.</param>
/// <param name="fits">Is set to <see langword="false"/> if the value does not fit its type; what is returned then counts for nothing.</param>
/// <returns>The value.</returns>
[EditorBrowsable(EditorBrowsableState.Never)]
public delegate T ToolValueReader<out T>(JsonElement json, ref bool fits);
