using AgentFlow.Generators.Tests.Harness;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>
/// In an editor a referenced project shows its sources, but they are of another compilation: analyzers that read on into a base class, a helper or an agent of
/// it threw, which turns them off.
/// </summary>
public sealed class OtherProjectsWereReadAsThisOneTests
{
    private const string Library = """
        using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using AgentFlow;
        namespace Lib;
        public abstract class Counting { protected int N; protected void Count() => N++; protected int Next => ++N; }
        public static class Lists { public static void Put(List<int> list) => list.Add(1); }
        [Agent] public sealed partial class Child { [Action] private static int Get([Input] int n) => n; }
        """;

    [Theory]
    [InlineData("[Agent] public sealed partial class Desk : Lib.Counting { [Action] private int Get() { Count(); return 7; } }")]
    [InlineData("[Agent] public sealed partial class Desk : Lib.Counting { [Action] private int Get() => Next; }")]
    [InlineData("[Agent] public sealed partial class Desk { private readonly List<int> _seen = []; [Action] private int Get() { Lib.Lists.Put(_seen); return 7; } }")]
    [InlineData("[Agent] public sealed partial class Desk { [Action] private static async Task<int> Get(ActionContext context, CancellationToken ct) => await context.RunChildAsync(new Lib.Child(), 1, ct); }")]
    public async Task They_are_passed_by(string source)
    {
        var library = Compilations.Generated(Compilations.Of(Library)).ToMetadataReference();
        var compilation = Compilations.Of("using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using AgentFlow; namespace Demo;\n" + source)
            .AddReferences(library);
        Assert.Empty(await Expect.Analyze(Compilations.Generated(compilation)));
    }
}
