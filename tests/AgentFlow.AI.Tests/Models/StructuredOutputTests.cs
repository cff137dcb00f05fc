using System.Text.Json;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Models;

public class StructuredOutputTests
{
    private const string Rome = """{"place":"Rome","days":3,"season":"Summer","note":null,"stops":[{"name":"Orte","next":{"name":"Forum","next":null}}]}""";

    [Fact]
    public async Task The_schema_is_strict_and_described()
    {
        using var model = new ScriptedChatClient(Rome);
        var trip = await model.GetAsync(Given.Ask("?"), AskJson.Default.Trip, cancellationToken: Given.Token);
        Assert.Equal("Forum", trip.Stops[0].Next!.Name);
        var format = Assert.IsType<ChatResponseFormatJson>(model.Requests[0].Options!.ResponseFormat);
        var schema = format.Schema!.Value;
        Assert.Equal(("Trip", "A trip."), (format.SchemaName, format.SchemaDescription));
        Assert.Equal(["place", "days", "season", "note", "stops"], schema.GetProperty("required").EnumerateArray().Select(static r => r.GetString()));
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
        Assert.Equal("Where it goes.", schema.GetProperty("properties").GetProperty("place").GetProperty("description").GetString());
        Assert.Equal(["Summer", "Winter"], schema.GetProperty("properties").GetProperty("season").GetProperty("enum").EnumerateArray().Select(static r => r.GetString()));
        Assert.False(schema.GetProperty("properties").GetProperty("stops").GetProperty("items").GetProperty("additionalProperties").GetBoolean());
    }

    [Theory]
    [InlineData("```json\n{0}\n```")]
    [InlineData("Here you are:\n```\n{0}\n```\nAnything else?")]
    [InlineData("  {0}\n")]
    public async Task Fences_are_forgiven(string around)
    {
        using var model = new ScriptedChatClient(around.Replace("{0}", Rome, StringComparison.Ordinal));
        Assert.Equal("Rome", (await model.GetAsync(Given.Ask("?"), AskJson.Default.Trip, cancellationToken: Given.Token)).Place);
    }

    [Theory]
    [InlineData("I'd rather not.", "$")]
    [InlineData("""{"place":"Rome"}""", "$.days: is missing.")]
    [InlineData("""{"place":1,"days":3,"season":"Summer","note":null,"stops":[]}""", "$.place: expected \"string\", found 1.")]
    [InlineData("""{"place":"Rome","days":3.5,"season":"Summer","note":null,"stops":[]}""", "$.days: expected \"integer\", found 3.5.")]
    [InlineData("""{"place":"Rome","days":3,"season":"Autumn","note":null,"stops":[]}""", "$.season: expected one of Summer, Winter, found \"Autumn\".")]
    [InlineData("""{"place":"Rome","days":3,"season":"Summer","note":null,"stops":[{"name":null,"next":null}]}""", "$.stops[0].name: expected \"string\", found null.")]
    [InlineData("""{"place":"Rome","days":3,"season":"Summer","note":null,"stops":[{"name":"a","next":{"name":"b"}}]}""", "$.stops[0].next.next: is missing.")]
    [InlineData("""{"place":"Rome","days":3,"season":"Summer","note":null,"stops":[],"hotel":"x"}""", "$.hotel: is not part of the schema.")]
    [InlineData("""{"place":"Rome","days":3000000000,"season":"Summer","note":null,"stops":[]}""", "$.days: the value is outside what is expected there")]
    [InlineData("""{"place":"Rome","place":"Oslo","days":3,"season":"Summer","note":null,"stops":[]}""", "$")]
    public async Task What_does_not_fit_goes_back_with_what_is_wrong(string reply, string expected)
    {
        using var model = new ScriptedChatClient(reply, Rome);
        Assert.Equal("Rome", (await model.GetAsync(Given.Ask("?"), AskJson.Default.Trip, cancellationToken: Given.Token)).Place);
        var correction = model.Requests[1];
        Assert.Equal(["user", "assistant", "user"], correction.Messages.Select(static m => m.Role.Value));
        Assert.Equal(reply, correction.Messages[1].Text);
        Assert.Contains(expected, correction.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", correction.Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(0), InlineData(2)]
    public async Task Corrections_are_bounded_and_the_last_reply_is_told(int corrections)
    {
        var junk = new string('j', 10_000);
        using var model = new ScriptedChatClient(_ => junk);
        var error = await Assert.ThrowsAsync<StructuredOutputException>(async () =>
            await model.GetAsync(Given.Ask("?"), AskJson.Default.Trip, new() { MaxCorrections = corrections }, Given.Token));
        Assert.Equal(corrections + 1, model.Requests.Count);
        Assert.Equal(corrections + 1, error.Attempts);
        Assert.Equal(4001, error.Reply.Length);
        Assert.NotEmpty(error.Errors);
    }

    [Fact]
    public async Task Values_that_are_no_objects_are_wrapped_for_the_model_and_unwrapped_for_the_caller()
    {
        using var model = new ScriptedChatClient("""{"value":[1,"2"]}""", """{"value":[1,2]}""", """{"value":[{"name":"a","next":{"name":"b","next":{"name":1}}}]}""", """{"value":[]}""");
        Assert.Equal((int[])[1, 2], await model.GetAsync(Given.Ask("?"), AskJson.Default.Int32Array, cancellationToken: Given.Token));
        Assert.Contains("$.value[1]: expected \"integer\"", model.Requests[1].Text, StringComparison.Ordinal);
        Assert.Empty(await model.GetAsync(Given.Ask("?"), AskJson.Default.HaltArray, cancellationToken: Given.Token));
        Assert.Contains("$.value[0].next.next.name: expected \"string\"", model.Requests[3].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_type_itself_refuses_goes_back_too()
    {
        using var model = new ScriptedChatClient("""{"number":3}""", """{"number":4}""");
        Assert.Equal(4, (await model.GetAsync(Given.Ask("?"), AskJson.Default.Even, cancellationToken: Given.Token)).Number);
        Assert.Contains("The number must be even.", model.Requests[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_that_was_cut_off_is_told_apart()
    {
        using var model = new ScriptedChatClient(ScriptedReply.FromString(Rome[..20]) with { FinishReason = ChatFinishReason.Length }, Rome);
        await model.GetAsync(Given.Ask("?"), AskJson.Default.Trip, cancellationToken: Given.Token);
        Assert.Contains("limit of its length", model.Requests[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_can_be_told_in_words_and_options_are_kept()
    {
        using var model = new ScriptedChatClient(Rome);
        await model.GetAsync(Given.Ask("?"), AskJson.Default.Trip, new() { SchemaInMessages = true, Chat = new() { Temperature = 0.25f } }, Given.Token);
        Assert.Contains("\"place\"", model.Requests[0].Messages[0].Text, StringComparison.Ordinal);
        Assert.Null(((ChatResponseFormatJson)model.Requests[0].Options!.ResponseFormat!).Schema);
        Assert.Equal(0.25f, model.Requests[0].Options!.Temperature);
    }
}
