using System.Globalization;

namespace AgentFlow.Testing;

/// <summary>A scripted model was asked more often than its script has replies.</summary>
public sealed class ScriptExhaustedException : InvalidOperationException
{
    internal ScriptExhaustedException(ScriptedRequest request, int replies)
        : base(string.Create(CultureInfo.InvariantCulture, $"Request {request.Index + 1} has no reply: the script has {replies}. The request's last message is \"{Shorten(request.Text)}\". Add a reply to the script, or see why the model is asked once more."))
    {
        Replies = replies;
    }

    /// <summary>How many replies the script has.</summary>
    public int Replies { get; }

    private static string Shorten(string text) => text.Length <= 200 ? text : text[..200] + "…";
}
