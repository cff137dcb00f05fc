using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis.CSharp;

namespace AgentFlow.CodeFixes;

/// <summary>Writes C# types that look like a contract: what was recorded, as something to read it with.</summary>
internal sealed class ContractTypes
{
    private static readonly Dictionary<string, string> Values = new(StringComparer.Ordinal)
    {
        ["boolean"] = "bool", ["byte"] = "byte", ["sbyte"] = "sbyte", ["int16"] = "short", ["uint16"] = "ushort", ["int32"] = "int", ["uint32"] = "uint",
        ["int64"] = "long", ["uint64"] = "ulong", ["single"] = "float", ["double"] = "double", ["decimal"] = "decimal", ["char"] = "char", ["string"] = "string",
        ["datetime"] = "System.DateTime", ["datetimeoffset"] = "System.DateTimeOffset", ["guid"] = "System.Guid", ["timespan"] = "System.TimeSpan",
        ["uri"] = "System.Uri", ["version"] = "System.Version", ["dateonly"] = "System.DateOnly", ["timeonly"] = "System.TimeOnly", ["half"] = "System.Half",
        ["int128"] = "System.Int128", ["uint128"] = "System.UInt128", ["bytes"] = "byte[]", ["any"] = "System.Text.Json.JsonElement",
    };

    private readonly string _contract;
    private readonly List<string> _names = [];
    private readonly SortedDictionary<int, string> _records = [];
    private int _at;

    private ContractTypes(string contract) => _contract = contract;

    /// <returns>The type and the records that it consists of; null if the contract does not tell: enumerations, converters, variants.</returns>
    public static (string Type, IReadOnlyList<string> Records)? Of(string contract, string name)
    {
        var reader = new ContractTypes(contract);
        return reader.Type(name) is { } type && reader._at == contract.Length ? (type, [.. reader._records.Values]) : null;
    }

    private string? Type(string name)
    {
        var type = Next() switch
        {
            '[' => Array(name),
            '(' => Tuple(name),
            '{' when Peek(1) == '[' => Dictionary(name),
            '{' => Record(name),
            '#' => Earlier(),
            _ => Values.TryGetValue(Word(), out var value) ? value : null,
        };
        return type is not null && Take('?') ? type + "?" : type;
    }

    private string? Array(string name) => Take('[') && Type(name) is { } element && Take(']') ? $"{element}[]" : null;

    private string? Dictionary(string name) =>
        Take('{') && Take('[') && Type(name) is { } key && Take(']') && Take(':') && Type(name) is { } value && Take('}')
            ? $"System.Collections.Generic.Dictionary<{key}, {value}>"
            : null;

    private string? Tuple(string name)
    {
        var elements = new List<string>();
        for (Take('('); !Take(')'); Take(','))
        {
            if (Type(name + "Item" + (elements.Count + 1)) is not { } element)
            {
                return null;
            }

            elements.Add(element);
        }

        return $"({string.Join(", ", elements)})";
    }

    private string? Record(string name)
    {
        var number = _names.Count;
        _names.Add(name);
        var members = new List<string>();
        for (Take('{'); !Take('}'); Take(','))
        {
            var member = Word();
            if (!SyntaxFacts.IsValidIdentifier(member) || !Take(':') || Type(name + member) is not { } type)
            {
                return null;
            }

            members.Add($"{type} {(SyntaxFacts.GetKeywordKind(member) == SyntaxKind.None ? "" : "@")}{member}");
        }

        _records[number] = $"private sealed record {name}({string.Join(", ", members)});";
        return Next() == '<' ? null : name;
    }

    private string? Earlier() => Take('#') && int.TryParse(Word(), out var number) && number < _names.Count ? _names[number] : null;

    private string Word()
    {
        var start = _at;
        while (_at < _contract.Length && (char.IsLetterOrDigit(_contract[_at]) || _contract[_at] == '_'))
        {
            _at++;
        }

        return _contract.Substring(start, _at - start);
    }

    private char Next() => Peek(0);

    private char Peek(int ahead) => _at + ahead < _contract.Length ? _contract[_at + ahead] : '\0';

    private bool Take(char expected)
    {
        if (Next() != expected)
        {
            return false;
        }

        _at++;
        return true;
    }
}
