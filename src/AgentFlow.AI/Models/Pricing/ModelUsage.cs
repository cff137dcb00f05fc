using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>What a call has used, and what that costs.</summary>
internal static class ModelUsage
{
    /// <summary>What the model told; if it told nothing, an estimate, so that no budget is blind to it.</summary>
    public static UsageDetails Of(ChatResponse response, IEnumerable<ChatMessage> sent, ChatOptions? options) =>
        response.Usage is { } usage && (usage.TotalTokenCount ?? usage.InputTokenCount ?? usage.OutputTokenCount) is not null
            ? usage
            : new() { InputTokenCount = TokenEstimate.Of(sent, options), OutputTokenCount = TokenEstimate.Of(response.Messages) };

    public static long Tokens(UsageDetails usage) => Math.Max(0, usage.TotalTokenCount ?? (usage.InputTokenCount ?? 0) + (usage.OutputTokenCount ?? 0));

    /// <summary>Counts a response against the budget of the run.</summary>
    /// <exception cref="InvalidOperationException">There are prices, but none of this model.</exception>
    public static void Report(ActionContext context, IChatClient model, IEnumerable<ChatMessage> sent, ChatOptions? options, ChatResponse response)
    {
        var usage = Of(response, sent, options);
        var prices = model.GetService<PriceTable>() ?? context.Services?.GetService(typeof(PriceTable)) as PriceTable;
        var cost = 0.0;
        if (prices is not null && Tokens(usage) > 0)
        {
            var known = model.GetService<ChatClientMetadata>()?.DefaultModelId;
            cost = prices.TryGetPrice(response.ModelId, out var price) || prices.TryGetPrice(options?.ModelId ?? known, out price)
                ? price.Cost(usage)
                : throw new InvalidOperationException($"There is no price for the model '{response.ModelId ?? options?.ModelId ?? known}', so that its cost would not count. Add it to the PriceTable; ModelPrice.Free if it costs nothing.");
        }

        context.ReportUsage(Tokens(usage), cost);
    }
}
