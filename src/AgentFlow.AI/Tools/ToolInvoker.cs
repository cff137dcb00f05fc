using System.Globalization;
using System.Text.Json;
using AgentFlow.Schemas;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.AI;

/// <summary>
/// Makes the calls that a model asks for. Whatever goes wrong with a call comes back to the model as a result that says how to do better: an unknown tool, invalid
/// arguments, a tool that fails or takes too long. Only the caller's own cancellation is thrown. Thread-safe.
/// </summary>
/// <param name="tools">The tools that may be called.</param>
/// <param name="options">What the calls are held to. Default: <see cref="ToolInvokerOptions.Default"/>.</param>
public sealed class ToolInvoker(ToolRegistry tools, ToolInvokerOptions? options = null)
{
    private const int MaxErrorLength = InvalidToolArgumentsException.MaxMessageLength;

    /// <summary>Approvals that have no id of their own.</summary>
    private readonly UsedApprovals _used = new();
    private readonly ToolRegistry _tools = tools ?? throw new ArgumentNullException(nameof(tools));
    private readonly ToolInvokerOptions _options = options ?? ToolInvokerOptions.Default;

    /// <summary>Whether somebody has to be asked before a call is made: its tool wants that, and the call could be made at all.</summary>
    /// <param name="call">What the model asks for.</param>
    /// <returns>
    /// Whether it is worth asking. A call with invalid arguments is not: <see cref="InvokeAsync"/> answers it with what is wrong, and the model's next call has a hash of its own.
    /// </returns>
    public bool NeedsApproval(FunctionCallContent call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return MalformedBy(call) is null && _tools.TryFind(call.Name, out var tool) && ToolFacts.NeedsApproval(tool) && FindProblems(call, tool) is null && HasHash(call);
    }

    /// <summary>Makes one call.</summary>
    /// <param name="call">What the model asks for.</param>
    /// <param name="options">What surrounds the call. Default: <see cref="ToolCallOptions.Default"/>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>
    /// The result, text or JSON. If something was wrong it is text that begins with <c>Error:</c>, and <see cref="FunctionResultContent.Exception"/> says what
    /// it was to the program; an approval that is missing is a <see cref="ToolApprovalRequiredException"/> there.
    /// </returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<FunctionResultContent> InvokeAsync(FunctionCallContent call, ToolCallOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        cancellationToken.ThrowIfCancellationRequested();
        options ??= ToolCallOptions.Default;
        if (!_tools.TryFind(call.Name, out var tool))
        {
            return Error(call, UnknownTool(call.Name), new KeyNotFoundException($"There is no tool '{Shorten(call.Name)}'."));
        }

        if (MalformedBy(call) is { } malformed)
        {
            return Error(call, $"The arguments of '{call.Name}' are no JSON object. Write them again.", malformed);
        }

        // A generated tool checks its arguments itself, as it reads them: here only before somebody is asked about them.
        var needsApproval = ToolFacts.NeedsApproval(tool);
        if ((needsApproval || !ToolSchemas.IsChecked(tool)) && FindProblems(call, tool) is { } problems)
        {
            return Error(call, problems.Message, problems);
        }

        if (needsApproval)
        {
            if (Refusal(call, options.Approval) is { } refusal)
            {
                return refusal;
            }

            if (!options.IsRecorded && !TryUse(options.Approval!, options))
            {
                return Error(call, $"The approval of this call of '{call.Name}' was used before: it is good for one call.", new ToolApprovalRequiredException(call.Name));
            }
        }

        return await CallAsync(call, tool, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Why a call cannot be made by any tool.</summary>
    private static Exception? MalformedBy(FunctionCallContent call) => call.Exception ?? (Surrogates.AreWhole(call.Arguments) ? null : Surrogates.Halved());

    /// <summary>Whether an approval could name the call: not one that gives a member twice, say.</summary>
    private static bool HasHash(FunctionCallContent call)
    {
        try
        {
            ToolCallHash.Of(call);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private bool TryUse(ToolApproval approval, ToolCallOptions options) => approval.Id is { } id
        ? UsedApprovals.Shared.TryUse(id)
        : _used.TryUse($"{options.ActionContext?.SessionId}\n{approval.CallId}\n{approval.Hash}");

    /// <summary>What the tool's schema says against the arguments.</summary>
    private static InvalidToolArgumentsException? FindProblems(FunctionCallContent call, AIFunction tool)
    {
        var found = new ToolArgumentProblems();
        try
        {
            // Only what certainly breaks the schema is refused: what cannot be checked, the tool itself has to say.
            found.Check(ToolSchemas.Of(tool), JsonValues.ToElement(call.Arguments ?? new Dictionary<string, object?>()));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            // Arguments that are values of .NET: the tool itself has to say.
            return null;
        }

        return found.Problems.Count == 0 ? null : new(call.Name, found.Problems);
    }

    private static FunctionResultContent? Refusal(FunctionCallContent call, ToolApproval? approval)
    {
        try
        {
            if (approval?.Allows(call) == true)
            {
                return null;
            }
        }
        catch (ArgumentException e)
        {
            return Error(call, $"The arguments of '{call.Name}' are no JSON that can be approved. Write them again.", e);
        }

        return approval is { Status: ToolApprovalStatus.Denied } && approval.CallId == call.CallId
            ? Error(call, $"The call of '{call.Name}' was not approved{(approval.Reason is { Length: > 0 } reason ? ": " + reason : "")}. Do not try it again unless you are asked to.", new ToolApprovalRequiredException(call.Name))
            : Error(call, $"A call of '{call.Name}' has to be approved, and this one was not.", new ToolApprovalRequiredException(call.Name));
    }

    private async ValueTask<FunctionResultContent> CallAsync(FunctionCallContent call, AIFunction tool, ToolCallOptions options, CancellationToken cancellationToken)
    {
        var arguments = new AIFunctionArguments(call.Arguments ?? new Dictionary<string, object?>()) { Services = options.Services };
        if (options.ActionContext is { } context)
        {
            arguments.Context = new Dictionary<object, object?> { [typeof(ActionContext)] = context };
        }

        if (options.AgentRunner is { } runner)
        {
            (arguments.Context ??= new Dictionary<object, object?>())[typeof(AgentToolRunner)] = runner;
        }

        using var timeout = _options.Timeout is { } limit ? new LongTimeout(limit, _options.TimeProvider) : null;
        using var linked = timeout is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            var token = linked?.Token ?? cancellationToken;
            var running = OpenScope(options) is { } scope ? InvokeScopedAsync(tool, arguments, scope, token) : tool.InvokeAsync(arguments, token);

            // A tool that does not look at its token is left behind when its time is up; nobody waits for it.
            var result = timeout is null || running.IsCompleted ? await running.ConfigureAwait(false) : await running.AsTask().WaitAsync(token).ConfigureAwait(false);
            return new(call.CallId, Bound(result));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e) when (timeout?.IsCancellationRequested == true)
        {
            var seconds = _options.Timeout!.Value.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            return Error(call, $"'{call.Name}' took longer than {seconds} s and was cancelled. Whether it had an effect is not known.", new TimeoutException($"Tool '{call.Name}' took longer than {seconds} s.", e));
        }
        catch (Exception e) when (e is InvalidToolArgumentsException or ToolErrorException)
        {
            return Error(call, e.Message, e);
        }
#pragma warning disable CA1031 // Whatever a tool throws is for the model to deal with.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Error(call, $"'{call.Name}' failed with {e.GetType().Name}{(_options.IncludeErrorMessages ? ": " + e.Message : "")}. {Advice(tool, e)}", e);
        }
    }

    private static IServiceScope? OpenScope(ToolCallOptions options) =>
        options.ScopePerCall ? (options.Services?.GetService(typeof(IServiceScopeFactory)) as IServiceScopeFactory)?.CreateScope() : null;

    /// <summary>Calls a tool in a scope, which lives until the tool has ended, though nobody may wait for it any more.</summary>
    private static async ValueTask<object?> InvokeScopedAsync(AIFunction tool, AIFunctionArguments arguments, IServiceScope scope, CancellationToken cancellationToken)
    {
        await using var owned = new AsyncServiceScope(scope);
        arguments.Services = scope.ServiceProvider;
        return await tool.InvokeAsync(arguments, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What to do about a failure. A connection that broke, or a time that was up, says nothing of what happened at the other end.</summary>
    private static string Advice(AIFunction tool, Exception error) =>
        ToolFacts.EffectOf(tool) != Effect.None && (error is OperationCanceledException || TransientErrors.IsTransient(error))
            ? "Whether it had an effect is not known: find out before you do the same again."
            : "Try other arguments or another way.";

    private string UnknownTool(string name)
    {
        var names = _tools.Tools.Select(static tool => tool.Name).ToList();
        var hint = NearestName.Suggest(name, names);
        return $"There is no tool '{Shorten(name)}'{(hint.Length > 0 ? hint : names.Count == 0 ? "; there are none" : $"; there are {string.Join(", ", names.Take(20))}{(names.Count > 20 ? ", …" : "")}")}";
    }

    /// <summary>The result as the model is given it: cut off where it is too long.</summary>
    private object? Bound(object? result)
    {
        var text = result switch
        {
            null => "Done.",
            string or JsonElement or TextContent => JsonText.OfResult(result),
            // Content of the ecosystem's own, such as an image.
            _ => null,
        };
        if (result is IEnumerable<AIContent> contents)
        {
            return contents.Select(content => content is TextContent plain && plain.Text.Length > _options.MaxResultLength ? new TextContent((string)Bound(plain.Text)!) : content).ToArray();
        }

        if (text is null)
        {
            return result;
        }

        if (text.Length <= _options.MaxResultLength)
        {
            return result is TextContent ? text : result ?? text;
        }

        var note = string.Create(CultureInfo.InvariantCulture, $"… [cut off: {text.Length} characters]");
        return Cut(text, _options.MaxResultLength - note.Length) + note;
    }

    private static FunctionResultContent Error(FunctionCallContent call, string message, Exception exception) =>
        new(call.CallId, "Error: " + (message.Length <= MaxErrorLength ? message : Cut(message, MaxErrorLength) + "…")) { Exception = exception };

    private static string Shorten(string name) => name.Length <= 64 ? name : Cut(name, 64) + "…";

    /// <summary>The beginning of a text, no character cut in two.</summary>
    private static string Cut(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
