using System.Text.Encodings.Web;

namespace AgentFlow;

/// <summary>Writes text as JSON does by default, and refuses text with half of a character, which would come back as something else.</summary>
internal sealed class RecordedTextEncoder : JavaScriptEncoder
{
    private RecordedTextEncoder()
    {
    }

    public static RecordedTextEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => Default.MaxOutputCharactersPerInputCharacter;

    /// <summary>Replaces each half of a character. Used for the text of errors, which is recorded in any case.</summary>
    public static string Whole(string text) => WholeText.IsWhole(text) ? text : string.Concat(text.EnumerateRunes());

    public override bool WillEncode(int unicodeScalar) => Default.WillEncode(unicodeScalar);

    /// <exception cref="HalfCharacterException">The text has half of a character.</exception>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        WholeText.IsWhole(new(text, textLength)) ? Default.FindFirstCharacterToEncode(text, textLength) : throw new HalfCharacterException();

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Default.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);
}

/// <summary>A text that cannot be recorded.</summary>
internal sealed class HalfCharacterException()
    : NotSupportedException(
        "A text in it has half of a character, one of a pair of surrogates without the other, which does not come back from JSON. " +
        "Give it whole characters, or bytes.");
