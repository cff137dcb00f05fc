using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>A call that a model asks for, as sessions record it.</summary>
/// <param name="Id">The id that the model has given to it.</param>
/// <param name="Name">The tool.</param>
/// <param name="Arguments">The arguments: a JSON object.</param>
/// <param name="Problem">Why the arguments that the model gave are none, if so.</param>
public sealed record ToolCall(string Id, string Name, string Arguments, string? Problem = null)
{
    internal static ToolCall Of(FunctionCallContent call)
    {
        var name = Surrogates.Mended(call.Name);
        var id = Surrogates.Mended(call.CallId ?? "");
        var problem = call.Exception ?? (Surrogates.AreWhole(call.Arguments) ? null : Surrogates.Halved());
        return problem is null ? new(id, name, JsonText.Of(call.Arguments)) : new(id, name, "{}", Surrogates.Mended(problem.Message));
    }

    internal FunctionCallContent ToContent()
    {
        var call = JsonText.ParseCall(Id, Name, Arguments);
        if (Problem is not null)
        {
            call.Exception = new System.Text.Json.JsonException(Problem);
        }

        return call;
    }
}

/// <summary>What a call came to, as sessions record it and models are told.</summary>
/// <param name="CallId">The call's id.</param>
/// <param name="Text">The result, or what went wrong.</param>
/// <param name="IsError">Whether something did.</param>
public sealed record ToolResult(string CallId, string Text, bool IsError = false)
{
    internal static ToolResult Of(FunctionResultContent result) => new(result.CallId, Surrogates.Mended(JsonText.OfResult(result.Result)), result.Exception is not null);
}
