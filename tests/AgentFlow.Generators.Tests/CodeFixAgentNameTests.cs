using AgentFlow.CodeFixes;
using AgentFlow.Generators.Tests.Harness;

namespace AgentFlow.Generators.Tests;

public sealed class CodeFixAgentNameTests
{
    [Fact]
    public Task Sets_the_full_name() => CodeFix.Check<AgentNameFix>(
        "public static partial class One { [Agent] public sealed partial class Import { [Action] static Article Get() => new(); } }\npublic static partial class Two { [Agent] public sealed partial class Import { [Action] static Article Get() => new(); } }",
        "public static partial class One { [Agent] public sealed partial class Import { [Action] static Article Get() => new(); } }\npublic static partial class Two { [Agent(Name = \"Demo.Two.Import\")] public sealed partial class Import { [Action] static Article Get() => new(); } }");
}
