using System.Text.Encodings.Web;

namespace AgentFlow;

/// <summary>Writes text as JSON does by default, but for text that would not come back as it is: half of a character would be replaced in silence.</summary>
internal sealed class RecordedTextEncoder : JavaScriptEncoder
{
    private RecordedTextEncoder()
    {
    }

    public static RecordedTextEncoder Instance { get; } = new();

    public override int MaxOutputCharactersPerInputCharacter => Default.MaxOutputCharactersPerInputCharacter;

    /// <summary>Text as it can be written: half a character in it is replaced. For what is told of errors, which are not to be refused.</summary>
    public static string Whole(string text) => IsWhole(text) ? text : string.Concat(text.EnumerateRunes());

    public override bool WillEncode(int unicodeScalar) => Default.WillEncode(unicodeScalar);

    /// <exception cref="HalfCharacterException">The text has half of a character.</exception>
    public override unsafe int FindFirstCharacterToEncode(char* text, int textLength) =>
        IsWhole(new(text, textLength)) ? Default.FindFirstCharacterToEncode(text, textLength) : throw new HalfCharacterException();

    public override unsafe bool TryEncodeUnicodeScalar(int unicodeScalar, char* buffer, int bufferLength, out int numberOfCharactersWritten) =>
        Default.TryEncodeUnicodeScalar(unicodeScalar, buffer, bufferLength, out numberOfCharactersWritten);

    private static bool IsWhole(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at)
        {
            if (at + 1 >= text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
            {
                return false;
            }

            text = text[(at + 2)..];
        }

        return true;
    }
}

/// <summary>A text that cannot be recorded.</summary>
internal sealed class HalfCharacterException()
    : NotSupportedException(
        "A text in it has half of a character, one of a pair of surrogates without the other, which does not come back from JSON. Give it whole characters, or bytes.");
