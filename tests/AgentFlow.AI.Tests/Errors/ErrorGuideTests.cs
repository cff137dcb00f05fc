using System.Text.Json;
using AgentFlow.AI.Tests.Planning;
using AgentFlow.Testing;
using AgentFlow.Tests;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.AI.Tests.Errors;

/// <summary>What the page about errors shows is in this file, where it is compiled and run.</summary>
public class ErrorGuideTests
{
    [Fact]
    public void Every_line_of_the_page_is_compiled() => GuidePage.IsCompiledHere("errors.md", 10);

    [Fact]
    public void Rules_are_added()
    {
        var classifier = ErrorClassifier.Default
            .With<FileNotFoundException>(ErrorClass.Fallback)
            .With(static error => error.Message.Contains("maintenance") ? ErrorClass.Retriable : null);
        Assert.Equal(ErrorClass.Fallback, classifier.Classify(new FileNotFoundException()));
        Assert.Equal(ErrorClass.Retriable, classifier.Classify(new InvalidOperationException("maintenance until noon")));
    }

    [Fact]
    public async Task An_action_has_its_input_fixed_by_a_model()
    {
        var model = new ScriptedChatClient("select 1");
        var services = new ServiceCollection().AddSingleton<IChatClient>(model).AddSingleton<IDatabase, Strict>().BuildServiceProvider();
        Assert.Equal("1", await new Asker().RunAsync("selekt 1", new RunOptions { Services = services }, TestContext.Current.CancellationToken));
        Assert.Contains("It fails with: no keyword", model.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("The database cannot tell: no keyword", await new Reader().RunAsync("selekt 1", new RunOptions { Services = services }, TestContext.Current.CancellationToken));
    }

    private sealed class Strict : IDatabase
    {
        public ValueTask<string> QueryAsync(string sql, CancellationToken ct) => sql.StartsWith("select ", StringComparison.Ordinal) ? new(sql[7..]) : throw new FormatException("no keyword");
    }
}

public interface IDatabase
{
    ValueTask<string> QueryAsync(string sql, CancellationToken ct);
}

[Agent]
public sealed partial class Asker
{
    [Action]
    private static async Task<string> Query([Input] string question, [Service] IDatabase database, [Service] IChatClient model, CancellationToken ct)
    {
        return await Recovery.RunAsync(
            question,
            (sql, token) => database.QueryAsync(sql, token),
            new()
            {
                MaxAttempts = 4,
                MaxFixes = 2,
                Fix = async (sql, error, token) => (await model.GetResponseAsync($"Correct this query: {sql}\nIt fails with: {error.Message}", cancellationToken: token)).Text,
                Fallback = (sql, error, token) => new ValueTask<string>("The database cannot tell."),
            },
            ct);
    }
}

[Agent]
public sealed partial class Reader
{
    [Action, Retry(4), Fallback(nameof(Sorry))]
    private static ValueTask<string> Read([Input] string question, [Service] IDatabase database, CancellationToken ct) => database.QueryAsync(question, ct);

    private static string Sorry(Exception failure) => $"The database cannot tell: {failure.Message}";
}
