using AgentFlow.AI;
using Microsoft.Extensions.AI;

namespace AgentFlow.Testing;

/// <summary>A tool call in a scripted reply.</summary>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments as JSON text, as a model would write it; text that is no JSON object is given on as it is, so that a test can show what becomes of it.</param>
/// <param name="Id">The call's id. Default: made up from the places of the reply and of the call.</param>
public sealed record ScriptedToolCall(string Name, string Arguments = "{}", string? Id = null)
{
    internal FunctionCallContent ToContent(string id) => JsonText.ParseCall(id, Name, Arguments);
}
