using System.Net;
using System.Text;
using AgentFlow.AI.Tests.Models;
using AgentFlow.Testing;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI.Tests.Regressions;

/// <summary>The key and the prompt go to the endpoint and nowhere else, whatever it answers.</summary>
public sealed class KeysGoNowhereElseTests
{
    private const string Key = "sk-proj-a+b/c=\"0123456789";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HttpStatusCode.TemporaryRedirect)]
    [InlineData(HttpStatusCode.PermanentRedirect)]
    [InlineData(HttpStatusCode.Redirect)]
    [InlineData(HttpStatusCode.MovedPermanently)]
    [InlineData(HttpStatusCode.SeeOther)]
    public async Task A_redirection_to_another_host_is_not_followed(HttpStatusCode status)
    {
        await using var elsewhere = ChatServer.Start(static _ => "stolen");
        await using var endpoint = new Endpoint(_ => (status, "", "text/plain", elsewhere.Endpoint + "/chat/completions"));
        foreach (var handler in new HttpMessageHandler?[] { null, new SocketsHttpHandler(), new HttpClientHandler() })
        {
            using var given = handler;
            using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = endpoint.Address, ApiKey = Key, Handler = given });
            foreach (var streamed in new[] { false, true })
            {
                var error = await Assert.ThrowsAsync<ModelException>(() => Given.SendAsync(client, streamed, Given.Ask("secret")));
                Assert.False(error.IsTransient && status is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect, error.ToString());
            }

            using var embeddings = new OpenAIEmbeddingGenerator(new() { Model = "m", Endpoint = endpoint.Address, ApiKey = Key, Handler = given });
            await Assert.ThrowsAsync<ModelException>(() => embeddings.GenerateAsync(["secret"], null, Ct));
        }

        Assert.Empty(elsewhere.Requests);
    }

    [Fact]
    public async Task A_redirection_within_the_origin_is_followed()
    {
        await using var endpoint = new Endpoint(static path => path.EndsWith("/new", StringComparison.Ordinal) ? (HttpStatusCode.OK, Endpoint.Answer("moved"), "application/json", null) : (HttpStatusCode.PermanentRedirect, "", "text/plain", "/new"));
        using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = endpoint.Address, ApiKey = Key });
        Assert.Equal("moved", (await client.GetResponseAsync("?", null, Ct)).Text);
    }

    public static TheoryData<int, string, string> Answers => new()
    {
        { 400, "application/json", "{\"error\":{\"message\":\"bad key KEY\",\"code\":\"KEY\"}}" },
        { 401, "text/plain", "KEY" },
        { 429, "application/json", "{\"error\":\"KEY\"}" },
        { 500, "text/html", "<p>KEY</p>" },
        { 200, "application/json", "KEY" },
        { 200, "application/json", "{\"KEY\":1,\"choices\":[{\"index\":0,\"message\":{\"role\":\"KEY\",\"content\":\"x\"},\"finish_reason\":\"stop\"}]}" },
        { 200, "application/json", "{\"id\":\"1\",\"created\":\"KEY\",\"model\":\"m\",\"choices\":[]}" },
        { 200, "application/json", "{\"id\":\"1\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":\"KEY\",\"message\":{\"role\":\"assistant\",\"content\":\"x\"},\"finish_reason\":\"stop\"}]}" },
        { 200, "text/event-stream", "data: {\"id\":\"KEY\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"KEY\"}}]}\n\n" },
        { 302, "text/plain", "KEY" },
    };

    [Theory, MemberData(nameof(Answers))]
    public async Task No_exception_holds_the_key(int status, string type, string body)
    {
        foreach (var spelling in new[] { Key, Uri.EscapeDataString(Key), Key.Replace("\"", "\\\"", StringComparison.Ordinal), "sk-proj-a\\u002Bb/c=\\u00220123456789", Convert.ToBase64String(Encoding.UTF8.GetBytes(Key)) })
        {
            await using var endpoint = new Endpoint(_ => ((HttpStatusCode)status, body.Replace("KEY", spelling, StringComparison.Ordinal), type, null));
            using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = endpoint.Address, ApiKey = Key });
            var error = await Record.ExceptionAsync(() => Given.SendAsync(client, type == "text/event-stream", Given.Ask("?")));
            Assert.NotNull(error);
            for (var one = error; one is not null; one = one.InnerException)
            {
                var text = one + (one as ModelException)?.Code;
                Assert.DoesNotContain(spelling, text, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotContain("0123456789", text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task What_is_secret_in_an_address_is_not_told()
    {
        await using var endpoint = new Endpoint(static _ => (HttpStatusCode.BadRequest, "{}", "application/json", null));
        var secret = new UriBuilder(endpoint.Address) { UserName = "user", Password = "hunter2", Query = "api-key=hunter3" }.Uri;
        using var client = new OpenAIChatClient(new() { Model = "m", Endpoint = secret });
        var error = await Assert.ThrowsAsync<ModelException>(() => client.GetResponseAsync("?", null, Ct));
        Assert.DoesNotContain("hunter", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter", client.GetService<ChatClientMetadata>()!.ProviderUri!.ToString(), StringComparison.Ordinal);
    }
}
