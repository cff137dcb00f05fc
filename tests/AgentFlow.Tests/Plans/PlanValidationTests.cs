using System.Text.Json;

namespace AgentFlow.Tests.Plans;

/// <summary>What is wrong with a plan is told before anything runs: all of it, where it stands, and how to mend it.</summary>
public sealed class PlanValidationTests
{
    private static readonly PlanCatalog s_catalog = new PlanCatalog()
        .AddTool("search", Nothing, """{"type":"object","properties":{"query":{"type":"string","maxLength":20},"limit":{"type":"integer","minimum":1}},"required":["query"],"additionalProperties":false}""")
        .AddTool("any", Nothing)
        .Add(new PlanTarget(ActionType.Tool, "count", Nothing) { Result = JsonElement.Parse("""{"type":"integer"}""") })
        .Add(new PlanTarget(ActionType.Tool, "list", Nothing) { Result = JsonElement.Parse("""{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"}}}}""") })
        .Add(new PlanTarget(ActionType.Tool, "pay", Nothing) { Effect = Effect.AtMostOnce })
        .Add(new PlanTarget(ActionType.Llm, "writer", Nothing));

    [Theory]

    // The form.
    [InlineData("{", PlanErrorKind.Malformed, "", "no JSON")]
    [InlineData("[]", PlanErrorKind.Malformed, "", "has to be an object")]
    [InlineData("""{"actions":[]}""", PlanErrorKind.Malformed, "", "at least one action")]
    [InlineData("""{"actions":[{"name":"any"}],"actions":[]}""", PlanErrorKind.Malformed, "", "no JSON")]
    [InlineData("""{"actions":[{"name":"any","dependson":["x"]}]}""", PlanErrorKind.UnknownProperty, "actions[0].dependson", "did you mean 'depends_on'?")]
    [InlineData("""{"actions":[{"name":"any"}],"max_paralel":2}""", PlanErrorKind.UnknownProperty, "max_paralel", "did you mean 'max_parallel'?")]
    [InlineData("""{"actions":[{"name":"any","optional":"yes"}]}""", PlanErrorKind.Malformed, "actions[0].optional", "true or false")]
    [InlineData("""{"actions":[{"name":"any","mode":"parallel"}]}""", PlanErrorKind.Malformed, "actions[0].mode", "async, sync, fire_and_forget")]
    [InlineData("""{"actions":[7]}""", PlanErrorKind.Malformed, "actions[0]", "has to be an object")]

    // Names.
    [InlineData("""{"actions":[{"name":"two words","target":"any"}]}""", PlanErrorKind.InvalidName, "actions[0].name", "is no name")]
    [InlineData("""{"actions":[{"name":"../etc","target":"any"}]}""", PlanErrorKind.InvalidName, "actions[0].name", "is no name")]
    [InlineData("""{"actions":[{"target":"any"}]}""", PlanErrorKind.InvalidName, "actions[0].name", "is missing")]
    [InlineData("""{"actions":[{"name":"a","target":"any"},{"name":"a","target":"any","output_key":"b"}],"result":"b"}""", PlanErrorKind.InvalidName, "actions[1].name", "another action 'a'")]
    [InlineData("""{"actions":[{"name":"a","target":"any","output_key":"x"},{"name":"b","target":"any","output_key":"x"}],"result":"x"}""", PlanErrorKind.InvalidName, "actions[1].output_key", "called 'x' already")]
    [InlineData("""{"inputs":["x"],"actions":[{"name":"a","target":"any","output_key":"x"}]}""", PlanErrorKind.InvalidName, "actions[0].output_key", "an input is called 'x'")]

    // Targets and parameters.
    [InlineData("""{"actions":[{"name":"serch","parameters":{"query":"x"}}]}""", PlanErrorKind.UnknownTarget, "actions[0].name", "Did you mean 'search'?")]
    [InlineData("""{"actions":[{"name":"a","target":"writer"}]}""", PlanErrorKind.UnknownTarget, "actions[0].target", "of type \"llm\"")]
    [InlineData("""{"actions":[{"name":"search"}]}""", PlanErrorKind.InvalidParameters, "actions[0].parameters.query", "is missing")]
    [InlineData("""{"actions":[{"name":"search","parameters":{"query":7}}]}""", PlanErrorKind.InvalidParameters, "actions[0].parameters.query", "expected string, found number")]
    [InlineData("""{"actions":[{"name":"search","parameters":{"query":"a very long question indeed"}}]}""", PlanErrorKind.InvalidParameters, "actions[0].parameters.query", "at most 20")]
    [InlineData("""{"actions":[{"name":"search","parameters":{"query":"x","limit":0}}]}""", PlanErrorKind.InvalidParameters, "actions[0].parameters.limit", "less than 1")]
    [InlineData("""{"actions":[{"name":"search","parameters":{"query":"x","limits":2}}]}""", PlanErrorKind.InvalidParameters, "actions[0].parameters.limits", "did you mean 'limit'?")]
    [InlineData("""{"actions":[{"name":"count"},{"name":"search","parameters":{"query":"$count"}}]}""", PlanErrorKind.InvalidParameters, "actions[1].parameters.query", "needs string, and $count is integer")]
    [InlineData("""{"inputs":{"n":{"type":"number"}},"actions":[{"name":"search","parameters":{"query":"$n"}}]}""", PlanErrorKind.InvalidParameters, "actions[0].parameters.query", "needs string, and $n is number")]
    [InlineData("""{"actions":[{"name":"count"},{"name":"any","for_each":"$count"}]}""", PlanErrorKind.InvalidParameters, "actions[1].for_each", "needs an array")]

    // References and dependencies.
    [InlineData("""{"actions":[{"name":"search","parameters":{"query":"$topci"}}],"inputs":["topic"]}""", PlanErrorKind.UnboundReference, "actions[0].parameters", "Did you mean $topic?")]
    [InlineData("""{"actions":[{"name":"first","target":"any","output_key":"page"},{"name":"any","parameters":{"x":"$first"}}]}""", PlanErrorKind.UnboundReference, "actions[1].parameters", "The output of 'first' is called $page.")]
    [InlineData("""{"actions":[{"name":"any","parameters":{"x":"$topic is large"}}],"inputs":["topic"]}""", PlanErrorKind.UnboundReference, "actions[0].parameters.x", "write ${name}")]
    [InlineData("""{"actions":[{"name":"any","parameters":{"x":"about ${topic"}}],"inputs":["topic"]}""", PlanErrorKind.UnboundReference, "actions[0].parameters.x", "is no reference")]
    [InlineData("""{"actions":[{"name":"any","parameters":{"x":"$item"}}]}""", PlanErrorKind.UnboundReference, "actions[0].parameters", "for_each")]
    [InlineData("""{"actions":[{"name":"a","target":"any"},{"name":"b","target":"any","depends_on":["aa"]}],"result":"b"}""", PlanErrorKind.UnknownAction, "actions[1].depends_on", "Did you mean 'a'?")]
    [InlineData("""{"actions":[{"name":"a","target":"any","depends_on":["a"]}]}""", PlanErrorKind.Cycle, "actions[0]", "waits for itself")]
    [InlineData("""{"actions":[{"name":"a","target":"any","parameters":{"x":"$c"}},{"name":"b","target":"any","depends_on":["a"]},{"name":"c","target":"any","condition":"$b == 1"}],"result":"c"}""", PlanErrorKind.Cycle, "actions", "a → b → c → a")]
    [InlineData("""{"actions":[{"name":"a","target":"any","mode":"fire_and_forget"},{"name":"b","target":"any","parameters":{"x":"$a"}}]}""", PlanErrorKind.ForgottenOutput, "actions[1].parameters", "nobody waits for 'a'")]
    [InlineData("""{"actions":[{"name":"a","target":"any","mode":"fire_and_forget"},{"name":"b","target":"any","depends_on":["a"]}]}""", PlanErrorKind.ForgottenOutput, "actions[1].depends_on", "nobody waits for 'a'")]
    [InlineData("""{"actions":[{"name":"a","target":"any"},{"name":"b","target":"any"}]}""", PlanErrorKind.AmbiguousResult, "result", "'a', 'b'")]
    [InlineData("""{"actions":[{"name":"any"}],"result":"$al"}""", PlanErrorKind.AmbiguousResult, "result", "Did you mean 'any'?")]

    // Conditions and policies.
    [InlineData("""{"actions":[{"name":"any","condition":"1 = 1"}]}""", PlanErrorKind.InvalidCondition, "actions[0].condition", "write == to compare")]
    [InlineData("""{"actions":[{"name":"any","condition":"system('x')"}]}""", PlanErrorKind.InvalidCondition, "actions[0].condition", "'system' is not known")]
    [InlineData("""{"actions":[{"name":"any","condition":"(true"}]}""", PlanErrorKind.InvalidCondition, "actions[0].condition", "expected ')'")]
    [InlineData("""{"actions":[{"name":"any","condition":"'open"}]}""", PlanErrorKind.InvalidCondition, "actions[0].condition", "has no end")]
    [InlineData("""{"actions":[{"name":"any","timeout":-1}]}""", PlanErrorKind.InvalidPolicy, "actions[0].timeout", "number of seconds")]
    [InlineData("""{"actions":[{"name":"any","timeout":"30s"}]}""", PlanErrorKind.InvalidPolicy, "actions[0].timeout", "00:00:30")]
    [InlineData("""{"actions":[{"name":"any","timeout":1e300}]}""", PlanErrorKind.InvalidPolicy, "actions[0].timeout", "at most")]
    [InlineData("""{"actions":[{"name":"any","retry":0}]}""", PlanErrorKind.Malformed, "actions[0].retry", "from 1 to 10")]
    [InlineData("""{"actions":[{"name":"any","retry":{"delay":1}}]}""", PlanErrorKind.InvalidPolicy, "actions[0].retry.attempts", "is missing")]
    [InlineData("""{"actions":[{"name":"pay","retry":2}]}""", PlanErrorKind.InvalidPolicy, "actions[0].retry", "must not happen twice")]
    [InlineData("""{"actions":[{"name":"any","max_parallel":2}]}""", PlanErrorKind.InvalidPolicy, "actions[0].max_parallel", "for_each")]
    [InlineData("""{"actions":[{"name":"any","wait_for_all":false}]}""", PlanErrorKind.InvalidPolicy, "actions[0].wait_for_all", "two names or more")]
    [InlineData("""{"actions":[{"name":"any","fallback":{}}]}""", PlanErrorKind.UnknownTarget, "actions[0].fallback.target", "is missing")]
    [InlineData("""{"actions":[{"name":"any","mode":"fire_and_forget","for_each":"$x"}],"inputs":["x"]}""", PlanErrorKind.ForgottenOutput, "actions[0].mode", "neither")]
    public void A_mistake_is_one_error_that_says_where_and_what_to_do(string json, PlanErrorKind kind, string path, string message)
    {
        Assert.False(Plan.TryParse(json, s_catalog, out _, out var errors));
        var error = Assert.Single(errors);
        Assert.Equal((kind, path), (error.Kind, error.Path));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_is_wrong_is_told_at_once()
    {
        var error = Assert.Throws<InvalidPlanException>(() => Plan.Parse("""{"actions":[{"name":"any","retry":0,"timeout":0},{"name":"serch","x":1}],"result":"nothing"}""", s_catalog));
        Assert.Equal(5, error.Errors.Count);
        Assert.All(error.Errors, e => Assert.Contains(e.Message, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_too_large_is_refused()
    {
        var many = $$"""{"actions":[{{string.Join(',', Enumerable.Range(0, 201).Select(static i => $"{{\"name\":\"a{i}\",\"target\":\"any\"}}"))}}]}""";
        Assert.Equal(PlanErrorKind.TooLarge, Assert.Throws<InvalidPlanException>(() => Plan.Parse(many, s_catalog)).Errors.Single().Kind);
        Assert.Equal(PlanErrorKind.TooLarge, Assert.Throws<InvalidPlanException>(() => Plan.Parse(new string(' ', 300_000), s_catalog)).Errors.Single().Kind);
        var deep = new string('[', 40) + new string(']', 40);
        Assert.Equal(PlanErrorKind.Malformed, Assert.Throws<InvalidPlanException>(() => Plan.Parse("{\"actions\":[{\"name\":\"any\",\"parameters\":{\"x\":" + deep + "}}]}", s_catalog)).Errors.Single().Kind);
        var nested = string.Concat(Enumerable.Repeat("(", 100)) + "true" + string.Concat(Enumerable.Repeat(")", 100));
        Assert.Equal(PlanErrorKind.InvalidCondition, Assert.Throws<InvalidPlanException>(() => Plan.Parse($$"""{"actions":[{"name":"any","condition":"{{nested}}"}]}""", s_catalog)).Errors.Single().Kind);
    }

    [Theory]
    [InlineData("""{"type":"object","unevaluatedProperties":{}}""", "unevaluatedProperties")]
    [InlineData("""{"type":7}""", "type")]
    [InlineData("""{"pattern":"(a)\\1"}""", "linear time")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "$ref")]
    [InlineData("""{"properties":{"a":{"required":"a"}}}""", "required")]
    public void A_schema_that_cannot_be_checked_is_refused_when_it_is_added(string schema, string named)
    {
        var error = Assert.Throws<ArgumentException>(() => new PlanCatalog().AddTool("x", Nothing, schema));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_target_has_a_name_of_its_own_and_no_transaction()
    {
        Assert.Throws<ArgumentException>(() => new PlanCatalog().AddTool("x", Nothing).AddTool("x", Nothing));
        Assert.Throws<ArgumentException>(() => new PlanCatalog().Add(new PlanTarget(ActionType.Tool, "x", Nothing) { Effect = Effect.Transactional }));
    }

    [Fact]
    public void Bytes_that_a_model_might_write_never_do_more_than_fail()
    {
        var random = new Random(20);
        const string Seed = """{"name":"p","inputs":{"t":{"type":"string"}},"actions":[{"name":"search","parameters":{"query":"${t}"},"retry":{"attempts":2,"delay":1},"condition":"length($t) > 0"},{"name":"b","target":"any","parameters":{"x":"$search.0|$t"},"for_each":"$t","depends_on":["search"]}]}""";
        for (var i = 0; i < 20_000; i++)
        {
            var text = Seed.ToCharArray();
            for (var edits = random.Next(1, 6); edits > 0; edits--)
            {
                text[random.Next(text.Length)] = Seed[random.Next(Seed.Length)];
            }

            Plan.TryParse(new string(text), s_catalog, out var plan, out var errors);
            Assert.Equal(plan is null, errors.Count > 0);
        }
    }

    private static ValueTask<JsonElement> Nothing(JsonElement arguments, ActionContext context, CancellationToken cancellationToken) => new(JsonElement.Parse("null"));
}
