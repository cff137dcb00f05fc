using System;
using System.IO;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace AgentFlow.Generators.Emission;

/// <summary>Writes indented C# text: lines ended by <c>\n</c>, four spaces a level, no trailing white space.</summary>
internal sealed class SourceWriter
{
    private readonly StringBuilder _text = new();
    private int _level;

    /// <summary>Writes an empty line.</summary>
    public void Line() => _text.Append('\n');

    /// <summary>Writes one line, or each line of a text, at the current level.</summary>
    public void Line(string text)
    {
        var start = 0;
        for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n', start))
        {
            Line(text, start, end - start);
            start = end + 1;
        }

        Line(text, start, text.Length - start);
    }

    /// <summary>Writes a header, if given, and what follows between braces.</summary>
    public void Block(string? header, Action body, string end = "}")
    {
        if (header is not null)
        {
            Line(header);
        }

        Line("{");
        _level++;
        body();
        _level--;
        Line(end);
    }

    /// <summary>Writes what follows one level deeper.</summary>
    public void Indented(Action body)
    {
        _level++;
        body();
        _level--;
    }

    /// <summary>The text as the compiler takes it: a long one in pieces, so that none is a large object of the collector's.</summary>
    public SourceText ToSourceText() => SourceText.From(new Reader(_text), _text.Length, Encoding.UTF8);

    public override string ToString() => _text.ToString();

    private void Line(string text, int start, int length)
    {
        if (length > 0)
        {
            _text.Append(' ', _level * 4).Append(text, start, length);
        }

        _text.Append('\n');
    }

    private sealed class Reader(StringBuilder text) : TextReader
    {
        private int _position;

        public override int Peek() => _position < text.Length ? text[_position] : -1;

        public override int Read() => _position < text.Length ? text[_position++] : -1;

        public override int Read(char[] buffer, int index, int count)
        {
            var read = Math.Min(count, text.Length - _position);
            text.CopyTo(_position, buffer, index, read);
            _position += read;
            return read;
        }
    }
}
