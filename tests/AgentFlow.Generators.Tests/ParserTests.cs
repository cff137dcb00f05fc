using AgentFlow.Generators.Model;

namespace AgentFlow.Generators.Tests;

/// <summary>What the parser hands to emission.</summary>
public sealed class ParserTests
{
    [Fact]
    public void Names_types_and_kinds()
    {
        var model = Expect.Model("""
            public partial struct Host<@class>
            {
                public partial record Outer
                {
                    [Agent(Name = "stable", MaxParallel = 2, OnFailure = FailurePolicy.Continue, Scheduling = SchedulingMode.Waves)]
                    internal sealed partial record Nested
                    {
                        [Action] Task<Dictionary<string, Article?>?> A([Input] string? @event, [Service(Key = "k")] IServiceProvider? services = null) => throw null!;
                        [Action] Task B([From(nameof(A))] Dictionary<string, Article?>? map) => throw null!;
                    }
                }
            }
            """,
            "namespace Microsoft.Extensions.DependencyInjection { public static class ServiceProviderKeyedServiceExtensions; }");

        Assert.Equal("Demo", model.Namespace);
        Assert.Equal(["partial struct Host<@class>", "partial record Outer"], model.ContainingTypes.Select(static type => type.Declaration));
        Assert.Equal("record", model.Keyword);
        Assert.Equal("global::Demo.Host<@class>.Outer.Nested", model.QualifiedName);
        Assert.Equal("Demo.Host`1+Outer+Nested", model.MetadataName);
        Assert.Equal(("stable", Visibility.Internal, 2, true, true, -1), (model.Id, model.Visibility, model.MaxParallel, model.ContinueOnFailure, model.Waves, model.Result));

        var a = model.Actions[0];
        Assert.Equal("global::System.Collections.Generic.Dictionary<string, global::Demo.Article?>?", a.Output!.Name);
        Assert.True(a.IsOutputNullable);
        Assert.Equal(ReturnKind.TaskOfValue, a.Method.Returns);
        Assert.Equal("event", a.Method.Parameters[0].Name);
        Assert.Equal(("event", "string?"), (model.Inputs[0].Name, model.Inputs[0].Type.Name));
        Assert.Equal((ParameterSource.Service, "k", false, "null"), (a.Method.Parameters[1].Source, a.Method.Parameters[1].ServiceKey, a.Method.Parameters[1].Required, a.Method.Parameters[1].Default));
    }

    [Fact]
    public void Sources_of_parameters()
    {
        var model = Expect.Model("""
            [Agent(MaxIterations = 4, OnLimit = LimitPolicy.ReturnLast)]
            public partial class Loop
            {
                [Action] Article A() => throw null!;
                [Action] Article B() => throw null!;
                [Action] Paper C([From(nameof(B), nameof(A))] Article merged, [From(nameof(A), nameof(B), Take = Take.First, CancelOthers = true)] Article? first, ActionContext context, CancellationToken ct) => throw null!;
                [Action, DependsOn(nameof(A)), DependsOn(nameof(B), nameof(A), Wait = WaitFor.Any), Fallback(nameof(Blank)), Ensures(nameof(Fine))]
                Score D(Paper paper, [Previous(nameof(D))] Score? last) => throw null!;
                Score Blank(Exception why) => throw null!;
                bool Fine(Score score, Paper paper) => true;
                [Until] bool Done(Score score) => true;
            }
            """);

        var c = model.Actions[2].Method.Parameters;
        Assert.Equal([ParameterSource.Merge, ParameterSource.Race, ParameterSource.Context, ParameterSource.CancellationToken], c.Select(static parameter => parameter.Source));
        Assert.Equal([1, 0], c[0].Actions);
        Assert.Equal((true, false), (c[1].CancelOthers, c[1].Required));

        var d = model.Actions[3];
        Assert.Equal([ParameterSource.Output, ParameterSource.Previous], d.Method.Parameters.Select(static parameter => parameter.Source));
        Assert.Equal([false, true], d.Order.Select(static order => order.Any));
        Assert.Equal(ParameterSource.Failure, d.Fallback!.Parameters[0].Source);
        Assert.Equal([ParameterSource.Own, ParameterSource.Output], d.Ensures[0].Parameters.Select(static parameter => parameter.Source));
        Assert.Equal(3, model.Result);
        Assert.Equal([3], model.Until!.Parameters[0].Actions);
        Assert.True(model.ReturnLastOnLimit);
    }

    [Fact]
    public void Streams_and_for_each_are_arrays()
    {
        var model = Expect.ModelOf("""
            [Action] IAsyncEnumerable<Paper> Search() => throw null!;
            [Action, ForEach(nameof(Search), MaxParallel = 2, AllowPartialFailure = true)] ValueTask<Score> Rate([Item] Paper paper) => throw null!;
            [Action, Compensate(nameof(Undo))] int[] Sum(IEnumerable<Score> scores) => throw null!;
            void Undo(IReadOnlyList<int> sum) { }
            """);
        Assert.Equal("global::Demo.Paper[]", model.Actions[0].Output!.Name);
        Assert.Equal("global::Demo.Paper", model.Actions[0].Method.Value!.Name);
        Assert.Equal("global::Demo.Score[]", model.Actions[1].Output!.Name);
        Assert.Equal((0, "global::Demo.Paper", 2, true), (model.Actions[1].ForEach!.Source, model.Actions[1].ForEach!.Item.Name, model.Actions[1].ForEach!.MaxParallel, model.Actions[1].ForEach!.AllowPartialFailure));
        Assert.Equal(ParameterSource.Own, model.Actions[2].Compensate!.Parameters[0].Source);
    }

    [Fact]
    public void Policies()
    {
        var action = Expect.ModelOf("""
            [Action(Name = "w", Title = "Writes", Mode = ActionMode.Sync, Priority = 3, Effect = Effect.None, Type = ActionType.Llm, Estimate = "00:00:02"),
             Retry(5, Delay = "00:00:03", Backoff = BackoffKind.Linear, MaxDelay = "00:01:00", Jitter = false, On = new[] { typeof(System.IO.IOException) }),
             Timeout("00:00:04", Idle = "00:00:01"), Cache("00:10:00", Capacity = 7), Delay("00:00:05")]
            Report? Write(CancellationToken ct, ActionContext context) => throw null!;
            """).Actions[0];
        Assert.Equal(("w", "Writes", Model.ActionMode.Sync, 3, "None", "Llm"), (action.Id, action.Title, action.Mode, action.Priority, action.Effect, action.Type));
        Assert.Equal(new RetryModel(5, Seconds(3), "Linear", Seconds(60), false, new EquatableArray<string>(["global::System.IO.IOException"])), action.Retry);
        Assert.Equal((Seconds(2), Seconds(4), Seconds(1), Seconds(5)), (action.Estimate, action.Timeout, action.IdleTimeout, action.Delay));
        Assert.Equal(new CacheModel(Seconds(600), 7), action.Cache);
    }

    [Theory]
    [InlineData("int", "3", "3")]
    [InlineData("int?", "null", "null")]
    [InlineData("int?", "-4", "-4")]
    [InlineData("long", "3", "3L")]
    [InlineData("double", "1.5", "1.5D")]
    [InlineData("float", "float.NaN", "float.NaN")]
    [InlineData("decimal", "1.10m", "1.10M")]
    [InlineData("string", "\"a\\n\\\"b\"", "\"a\\n\\\"b\"")]
    [InlineData("string?", "null", "null")]
    [InlineData("char", "'\\''", "'\\''")]
    [InlineData("bool", "true", "true")]
    [InlineData("DayOfWeek", "DayOfWeek.Friday", "(global::System.DayOfWeek)(5)")]
    [InlineData("DayOfWeek?", "DayOfWeek.Monday", "(global::System.DayOfWeek)(1)")]
    [InlineData("Guid", "default", "default")]
    [InlineData("CancellationToken?", "default", "null")]
    public void Defaults_are_written_as_expressions(string type, string written, string expected)
    {
        // No session takes a token as an input.
        var model = Expect.Model($$"""[Agent(Durable = false)] public sealed partial class Demo { [Action] Report Write([Input] {{type}} value = {{written}}) => throw null!; }""");
        Assert.Equal(expected, model.Inputs[0].Default);
        Assert.False(model.Actions[0].Method.Parameters[0].Required);
    }

    [Fact]
    public void Inputs_with_defaults_come_last_and_must_agree()
    {
        var model = Expect.ModelOf("""
            [Action] Article A([Input] int max = 3, [Input] int min = 1) => throw null!;
            [Action] Report B(Article article, [Input] string topic, [Input] int min = 1) => throw null!;
            """);
        Assert.Equal([("topic", null), ("max", "3"), ("min", "1")], model.Inputs.Select(static input => (input.Name, input.Default)));
        Assert.Equal([1, 2], model.Actions[0].Method.Parameters.Select(static parameter => parameter.Input));
    }

    [Fact]
    public void Base_actions_come_first_and_overrides_take_their_place()
    {
        var model = Expect.Model("""
            public abstract class Root
            {
                [Action] protected abstract Article Fetch([Input] string topic);
                [Action] protected Paper Read() => throw null!;
            }

            public abstract class Middle : Root
            {
                protected virtual Draft Sketch(Article article) => throw null!;
            }

            [Agent]
            public partial class Leaf : Middle
            {
                [Action] Report Write(Paper paper, Draft draft) => throw null!;
                [Action, Retry(2)] protected override Draft Sketch(Article article) => throw null!;
                [Retry(3)] protected override Article Fetch(string topic) => throw null!;
            }
            """);
        Assert.Equal(["Fetch", "Read", "Write", "Sketch"], model.Actions.Select(static action => action.Id));
        Assert.Equal([3, null, null, 2], model.Actions.Select(static action => action.Retry?.Attempts));
        Assert.Equal("topic", Assert.Single(model.Inputs).Name);
    }

    [Fact]
    public void Parts_in_several_files_are_ordered_by_path()
    {
        const string First = "using AgentFlow; [Agent] public partial class Demo { [Action] System.Random B() => null!; }";
        const string Second = "using AgentFlow; public partial class Demo { [Action] System.Version A(System.Random r) => null!; }";
        var model = Assert.Single(Expect.Models(Compilations.Of(First, Second)))!;
        Assert.Equal(["B", "A"], model.Actions.Select(static action => action.Id));
        Assert.Null(model.Namespace);
    }

    [Fact]
    public void Equal_sources_make_equal_models()
    {
        const string Source = "[Action] Article A([Input] string topic) => throw null!; [Action, Retry(2), When(nameof(P))] Report? B(Article article) => throw null!; bool P() => true;";
        Assert.Equal(Expect.ModelOf(Source), Expect.ModelOf(Source));
        Assert.NotEqual(Expect.ModelOf(Source), Expect.ModelOf(Source.Replace("Retry(2)", "Retry(3)", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_broken_agent_still_tells_its_inputs_and_result()
    {
        var model = Assert.Single(Expect.Models(Compilations.Of("""
            using AgentFlow;
            [Agent] public partial class Demo { [Action] System.Random A([Input] string topic, System.Version missing) => null!; }
            """)))!;
        Assert.True(model.HasErrors);
        Assert.Equal("topic", Assert.Single(model.Inputs).Name);
        Assert.Equal(0, model.Result);
    }

    private static long Seconds(int seconds) => TimeSpan.FromSeconds(seconds).Ticks;
}
