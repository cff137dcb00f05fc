using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace AgentFlow.Tests;

/// <summary>The public surface of an assembly, written down beside the test, so that a change of it shows in a review. <c>AGENTFLOW_WRITE_API=1</c> writes it anew.</summary>
internal static class PublicSurface
{
    public static void Check(Assembly assembly, [CallerFilePath] string test = "")
    {
        var actual = string.Join('\n', Describe(assembly)) + "\n";
        var snapshot = Path.Combine(Path.GetDirectoryName(test)!, $"PublicApi.{assembly.GetName().Name}.txt");
        if (Environment.GetEnvironmentVariable("AGENTFLOW_WRITE_API") == "1")
        {
            File.WriteAllText(snapshot, actual);
        }

        Xunit.Assert.Equal(File.ReadAllText(snapshot).ReplaceLineEndings("\n"), actual);
    }

    private static IEnumerable<string> Describe(Assembly assembly)
    {
        foreach (var type in assembly.GetExportedTypes().OrderBy(static t => t.FullName, StringComparer.Ordinal))
        {
            yield return $"{Kind(type)} {Name(type)}";
            var members = type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly);
            foreach (var member in members.Select(Describe).Where(static m => m is not null).Order(StringComparer.Ordinal))
            {
                yield return "    " + member;
            }
        }
    }

    private static string? Describe(MemberInfo member) => member switch
    {
        _ when member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not ConstructorInfo => null,
        FieldInfo { IsPublic: true } field => field.IsLiteral && field.DeclaringType!.IsEnum ? $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), System.Globalization.CultureInfo.InvariantCulture)}" : $"{Static(field.IsStatic)}{Name(field.FieldType)} {field.Name}",
        PropertyInfo property when IsVisible(property.GetMethod) => $"{Static(property.GetMethod!.IsStatic)}{Name(property.PropertyType)} {property.Name} {{ get;{(IsVisible(property.SetMethod) ? " set;" : "")} }}",
        MethodInfo { IsSpecialName: false } method when IsVisible(method) => $"{Static(method.IsStatic)}{Name(method.ReturnType)} {method.Name}{Generic(method)}({Parameters(method)})",
        ConstructorInfo constructor when IsVisible(constructor) && !constructor.IsStatic => $"new({Parameters(constructor)})",
        EventInfo e => $"event {Name(e.EventHandlerType!)} {e.Name}",
        _ => null,
    };

    private static bool IsVisible(MethodBase? method) => method is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(static p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? " = " + Convert.ToString(p.DefaultValue ?? "default", CultureInfo.InvariantCulture) : "")}"));

    private static string Generic(MethodInfo method) => method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(static t => t.Name))}>" : "";

    private static string Kind(Type type) => type switch
    {
        { IsInterface: true } => "interface",
        { IsEnum: true } => "enum",
        { IsValueType: true } => "struct",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    private static string Name(Type type)
    {
        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (type.IsByRef)
        {
            return "ref " + Name(type.GetElementType()!);
        }

        var name = type.Namespace == "AgentFlow" ? type.Name : $"{type.Namespace}.{type.Name}";
        return type.IsGenericType ? $"{name[..name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }
}
