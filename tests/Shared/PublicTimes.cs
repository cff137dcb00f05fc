using System.Reflection;

namespace AgentFlow.Tests;

/// <summary>The places of a public surface where somebody writes a time. Each takes every time and keeps it, or refuses it there: none throws later.</summary>
internal static class PublicTimes
{
    /// <summary>Times that are hard to keep.</summary>
    public static IReadOnlyList<TimeSpan> Odd { get; } =
        [TimeSpan.MaxValue, TimeSpan.FromDays(60), TimeSpan.FromDays(49.8), TimeSpan.FromTicks(1), TimeSpan.Zero, Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(-1), TimeSpan.MinValue];

    /// <summary>Properties that can be set, and parameters, of public types. What only generated code writes has its times from attributes, which the compiler checks.</summary>
    public static IEnumerable<string> Of(Assembly assembly)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var type in assembly.GetExportedTypes().Where(static t => t.Namespace != "AgentFlow.CompilerServices"))
        {
            var name = type.Name.Split('`')[0];
            foreach (var property in type.GetProperties(Declared).Where(static p => p.SetMethod is { IsPublic: true } && IsTime(p.PropertyType)))
            {
                yield return $"{name}.{property.Name}";
            }

            foreach (var method in type.GetMethods(Declared).Where(m => !m.IsSpecialName && m.GetBaseDefinition() == m && !Implements(type, m)).Concat<MethodBase>(type.GetConstructors(Declared)))
            {
                foreach (var parameter in method.GetParameters().Where(static p => IsTime(p.ParameterType)))
                {
                    yield return $"{name}.{(method.IsConstructor ? "new" : method.Name)}({parameter.Name})";
                }
            }
        }
    }

    /// <summary>Writes a time. If it is taken, it has to work.</summary>
    /// <param name="value">The time.</param>
    /// <param name="write">Writes it, and says how it is used.</param>
    public static async Task CheckAsync(TimeSpan value, Func<TimeSpan, Func<Task>> write)
    {
        Func<Task> use;
        try
        {
            use = write(value);
        }
        catch (ArgumentException)
        {
            return; // Refused where it is written.
        }

        await use();
    }

    private static bool IsTime(Type type) => type == typeof(TimeSpan) || type == typeof(TimeSpan?) || (typeof(Delegate).IsAssignableFrom(type) && type.GetMethod("Invoke")?.ReturnType is { } result && IsTime(result));

    private static bool Implements(Type type, MethodInfo method) => !type.IsInterface && type.GetInterfaces().Any(i => type.GetInterfaceMap(i).TargetMethods.Contains(method));
}
