namespace AgentFlow.AI;

/// <summary>Cuts answers off that are longer than they may be, before they fill the memory, and puts right what the package would refuse.</summary>
internal sealed class BoundedAnswers(long limit, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var stream = new BoundedStream(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), limit);
        var content = !response.IsSuccessStatusCode || response.Content.Headers.ContentEncoding.Count > 0 ? new StreamContent(stream)
            : response.Content.Headers.ContentType?.MediaType == "text/event-stream" ? new StreamContent(new LenientEvents(stream))
            : await LenientAnswers.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        foreach (var header in response.Content.Headers.NonValidated)
        {
            // What is put right may be longer or shorter than what came.
            if (header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        response.Content = content;
        return response;
    }
}
