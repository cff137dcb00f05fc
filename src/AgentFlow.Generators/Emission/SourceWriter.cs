using System;
using System.Text;

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
        foreach (var line in text.Split('\n'))
        {
            if (line.Length > 0)
            {
                _text.Append(' ', _level * 4).Append(line);
            }

            _text.Append('\n');
        }
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

    public override string ToString() => _text.ToString();
}
