using System.Diagnostics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace AgentFlow.AI;

/// <summary>Tells each call as a span and in metrics (OpenTelemetry semantic conventions for generative AI, clients).</summary>
internal sealed class TelemetryChatClient : DelegatingChatClient
{
    private readonly ModelTelemetryOptions _options;
    private readonly ChatClientMetadata? _metadata;

    public TelemetryChatClient(IChatClient inner, ModelTelemetryOptions options)
        : base(inner)
    {
        _options = options;
        _metadata = inner.GetService<ChatClientMetadata>();
    }

    public override async Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        using var span = Start(sent, options);
        var start = _options.TimeProvider.GetTimestamp();
        try
        {
            var response = await base.GetResponseAsync(sent, options, cancellationToken).ConfigureAwait(false);
            End(span, options, start, response, null);
            return response;
        }
        catch (Exception error)
        {
            End(span, options, start, null, error);
            throw;
        }
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ChatMessage[] sent = [.. messages];
        var caller = Activity.Current;
        using var span = Start(sent, options);
        var start = _options.TimeProvider.GetTimestamp();
        var seen = new List<ChatResponseUpdate>();
        Exception? failure = null;
        var stream = base.GetStreamingResponseAsync(sent, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    Activity.Current = span ?? caller; // The reader's own spans, between two updates, are no part of this one.
                    if (!await stream.MoveNextAsync().ConfigureAwait(false))
                    {
                        break;
                    }
                }
                catch (Exception error)
                {
                    failure = error;
                    throw;
                }
                finally
                {
                    Activity.Current = caller;
                }

                seen.Add(stream.Current);
                yield return stream.Current;
            }
        }
        finally
        {
            End(span, options, start, seen.Count > 0 ? seen.ToChatResponse() : null, failure);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private Activity? Start(ChatMessage[] messages, ChatOptions? options)
    {
        if (!ModelTelemetry.Source.HasListeners())
        {
            return null;
        }

        var model = options?.ModelId ?? _metadata?.DefaultModelId;
        var span = ModelTelemetry.Source.StartActivity(model is null ? "chat" : "chat " + model, ActivityKind.Client, default(ActivityContext), Common(options));
        if (span is not { IsAllDataRequested: true })
        {
            return span;
        }

        Set("gen_ai.request.temperature", options?.Temperature);
        Set("gen_ai.request.top_p", options?.TopP);
        Set("gen_ai.request.top_k", options?.TopK);
        Set("gen_ai.request.max_tokens", options?.MaxOutputTokens);
        Set("gen_ai.request.frequency_penalty", options?.FrequencyPenalty);
        Set("gen_ai.request.presence_penalty", options?.PresencePenalty);
        Set("gen_ai.request.seed", options?.Seed);
        Set("gen_ai.request.stop_sequences", options?.StopSequences?.ToArray());
        Set("gen_ai.output.type", options?.ResponseFormat switch { ChatResponseFormatJson => "json", ChatResponseFormatText => "text", _ => null });
        if (_options.CaptureContent)
        {
            span.SetTag("gen_ai.input.messages", TelemetryContent.Of(messages, null, _options.MaxContentLength));
        }

        return span;

        void Set(string name, object? value)
        {
            if (value is not null)
            {
                span.SetTag(name, value);
            }
        }
    }

    private void End(Activity? span, ChatOptions? options, long start, ChatResponse? response, Exception? error)
    {
        var tags = Common(options);
        if (response?.ModelId is { } model)
        {
            tags.Add("gen_ai.response.model", model);
        }

        Count(response?.Usage?.InputTokenCount, "input", tags);
        Count(response?.Usage?.OutputTokenCount, "output", tags);
        if (error is not null)
        {
            tags.Add("error.type", ModelTelemetry.ErrorType(error));
        }

        ModelTelemetry.Duration.Record(_options.TimeProvider.GetElapsedTime(start).TotalSeconds, tags);
        if (span is null)
        {
            return;
        }

        if (error is not null)
        {
            span.SetTag("error.type", ModelTelemetry.ErrorType(error));
            span.SetStatus(ActivityStatusCode.Error);
        }

        if (response is not null)
        {
            Describe(span, response);
        }
    }

    private void Describe(Activity span, ChatResponse response)
    {
        span.SetTag("gen_ai.response.id", response.ResponseId);
        span.SetTag("gen_ai.response.model", response.ModelId);
        span.SetTag("gen_ai.usage.input_tokens", response.Usage?.InputTokenCount);
        span.SetTag("gen_ai.usage.output_tokens", response.Usage?.OutputTokenCount);
        if (response.FinishReason is { } reason)
        {
            span.SetTag("gen_ai.response.finish_reasons", new[] { reason.Value });
        }

        if (_options.CaptureContent)
        {
            span.SetTag("gen_ai.output.messages", TelemetryContent.Of(response.Messages, response.FinishReason, _options.MaxContentLength));
        }
    }

    private static void Count(long? tokens, string type, TagList tags)
    {
        if (tokens is { } count)
        {
            tags.Add("gen_ai.token.type", type);
            ModelTelemetry.Tokens.Record(count, tags);
        }
    }

    private TagList Common(ChatOptions? options) => ModelTelemetry.Tags("chat", _metadata?.ProviderName, options?.ModelId ?? _metadata?.DefaultModelId, _metadata?.ProviderUri);
}
