using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AgentFlow.Generators.Parsing.Incremental;

/// <summary>
/// Reads a syntax tree without binding anything. What is left out of a fingerprint must have no say in what a declaration
/// means to <see cref="AgentParser"/>: bodies and arrows, initial values of what is no constant, arguments for a base
/// constructor, comments and blanks. Of directives only <c>#nullable</c> counts: the others have done their work once there are tokens.
/// </summary>
internal sealed class SourceFileReader : IDisposable
{
    /// <summary>Types of these namespaces are found without being named, by the compiler or by the parser.</summary>
    private static readonly string[] UnnamedSpaces = ["AgentFlow", "Microsoft.Extensions.DependencyInjection"];

    private readonly FingerprintWriter _writer = new();
    private readonly Stack<SyntaxNodeOrToken> _left = new();
    private readonly HashSet<string> _mentions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _extensions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _aliases = new(StringComparer.Ordinal);
    private readonly List<TypeDeclarationSyntax> _attributed = [];
    private readonly List<(TextSpan Span, string Text)> _nullable = [];
    private readonly SortedSet<string> _spaces = new(StringComparer.Ordinal);
    private readonly ImmutableArray<Declaration>.Builder _declarations = ImmutableArray.CreateBuilder<Declaration>();
    private readonly ImmutableArray<AgentCandidate>.Builder _candidates = ImmutableArray.CreateBuilder<AgentCandidate>();
    private SyntaxTree? _tree;

    public SourceFile Read(SyntaxTree tree, GeneratedKind generated, CancellationToken ct)
    {
        _tree = tree;
        _aliases.Clear();
        _nullable.Clear();
        _spaces.Clear();
        _declarations.Clear();
        _candidates.Clear();

        var root = (CompilationUnitSyntax)tree.GetRoot(ct);
        CollectNullable(root);
        ReadWhatIsGlobal(root);
        WriteFile(root, generated);
        ReadMembers(root.Members, Context("", [""], root.Externs, root.Usings, []), ct);
        if (root.Members.Any(SyntaxKind.GlobalStatement))
        {
            ReadStatements();
        }

        return new SourceFile(
            _declarations.ToImmutable(),
            [.. _spaces],
            [.. root.Usings.Where(static directive => IsGlobal(directive) && directive.Alias is not null).Select(static directive => directive.Alias!.Name.Identifier.ValueText)],
            _candidates.ToImmutable());
    }

    public void Dispose() => _writer.Dispose();

    private static bool IsGlobal(UsingDirectiveSyntax directive) => directive.GlobalKeyword.IsKind(SyntaxKind.GlobalKeyword);

    private void CollectNullable(CompilationUnitSyntax root)
    {
        if (!root.ContainsDirectives)
        {
            return;
        }

        foreach (var trivia in root.DescendantTrivia(static node => node.ContainsDirectives))
        {
            if (trivia.IsKind(SyntaxKind.NullableDirectiveTrivia))
            {
                _nullable.Add((trivia.Span, trivia.ToString()));
            }
        }
    }

    /// <summary>Global usings and the attributes of the assembly change what every other file means.</summary>
    private void ReadWhatIsGlobal(CompilationUnitSyntax root)
    {
        _mentions.Clear();
        var isAny = false;
        foreach (var node in root.Usings.Where(IsGlobal).Concat<SyntaxNode>(root.AttributeLists))
        {
            isAny = true;
            Walk(node);
        }

        // A script sees into other scripts in ways of its own: any edit of one counts as one of everything.
        if (_tree!.Options.Kind != SourceCodeKind.Regular)
        {
            isAny = true;
            _writer.Write(root.ToFullString());
        }

        if (isAny)
        {
            var context = new DeclarationContext("", [""], [], default);
            _declarations.Add(new Declaration(context, [NameKey.Unnamed], [.. _mentions], _writer.Take()));
        }
    }

    private void WriteFile(CompilationUnitSyntax root, GeneratedKind generated)
    {
        var options = (CSharpParseOptions)_tree!.Options;
        _writer.Write(_tree.FilePath);
        _writer.Write((int)options.LanguageVersion);
        _writer.Write((int)options.Kind);
        foreach (var feature in options.Features.OrderBy(static feature => feature.Key, StringComparer.Ordinal))
        {
            _writer.Write(feature.Key);
            _writer.Write(feature.Value);
        }

        foreach (var symbol in options.PreprocessorSymbolNames)
        {
            _writer.Write(symbol);
        }

        _writer.Write((int)generated);
        _writer.Write(SaysItIsGenerated(root) ? 1 : 0);
    }

    /// <summary>As the compiler tells it, which then takes nullability for switched off.</summary>
    private static bool SaysItIsGenerated(CompilationUnitSyntax root)
    {
        foreach (var trivia in root.GetLeadingTrivia())
        {
            if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
                && trivia.ToString() is var comment
                && (comment.Contains("<auto-generated") || comment.Contains("<autogenerated")))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes what was written so far to be part of the context.</summary>
    private DeclarationContext Context(
        string space,
        ImmutableArray<string> enclosing,
        SyntaxList<ExternAliasDirectiveSyntax> externs,
        SyntaxList<UsingDirectiveSyntax> usings,
        ImmutableArray<string> mentions)
    {
        _mentions.Clear();
        _mentions.UnionWith(mentions);
        _writer.Write(space);
        foreach (var directive in externs)
        {
            Walk(directive);
        }

        foreach (var directive in usings)
        {
            if (!IsGlobal(directive))
            {
                Walk(directive);
                if (directive.Alias is { } alias)
                {
                    _aliases.Add(alias.Name.Identifier.ValueText);
                }
            }
        }

        return new DeclarationContext(space, enclosing, [.. _mentions], _writer.Take());
    }

    private void ReadMembers(SyntaxList<MemberDeclarationSyntax> members, DeclarationContext context, CancellationToken ct)
    {
        foreach (var member in members)
        {
            ct.ThrowIfCancellationRequested();
            switch (member)
            {
                case BaseNamespaceDeclarationSyntax space:
                    ReadMembers(space.Members, Enter(space, context), ct);
                    break;
                case BaseTypeDeclarationSyntax type:
                    ReadType(type, type.Identifier.ValueText, context);
                    break;
                case DelegateDeclarationSyntax type:
                    ReadType(type, type.Identifier.ValueText, context);
                    break;

                // Anything else is half written or out of place: it declares nothing that could be named.
            }
        }
    }

    private DeclarationContext Enter(BaseNamespaceDeclarationSyntax declaration, DeclarationContext outer)
    {
        var space = outer.Space;
        var enclosing = outer.Enclosing;
        foreach (var token in declaration.Name.DescendantTokens())
        {
            if (token.IsKind(SyntaxKind.IdentifierToken))
            {
                space = space.Length == 0 ? token.ValueText : space + "." + token.ValueText;
                enclosing = enclosing.Add(space);
                _spaces.Add(space);
            }
        }

        _writer.Write(outer.Fingerprint);
        return Context(space, enclosing, declaration.Externs, declaration.Usings, outer.Mentions);
    }

    private void ReadType(MemberDeclarationSyntax type, string name, DeclarationContext context)
    {
        _mentions.Clear();
        _extensions.Clear();
        _attributed.Clear();
        _mentions.Add(name);
        _writer.Write(context.Fingerprint);
        foreach (var (span, text) in _nullable)
        {
            if (span.Start < type.FullSpan.Start)
            {
                _writer.Write(text);
            }
        }

        Walk(type);
        _extensions.Add(name);
        var keys = _extensions.Select(known => new NameKey(context.Space, known));
        var declaration = new Declaration(
            context,
            IsFoundUnnamed(context.Space) ? [.. keys, NameKey.Unnamed] : [.. keys],
            [.. _mentions],
            _writer.Take());

        _declarations.Add(declaration);
        foreach (var attributed in _attributed)
        {
            ImmutableArray<string> attributes = [.. attributed.AttributeLists.SelectMany(static list => list.Attributes).Select(static attribute => Last(attribute.Name))];
            _candidates.Add(new AgentCandidate(
                Identity(attributed, context.Space),
                attributes,
                attributes.Any(attribute => AgentCandidate.MayBeAgent(attribute, _aliases)),
                attributed.Keyword.SpanStart,
                declaration));
        }
    }

    private static bool IsFoundUnnamed(string space) =>
        space == "System" || space.StartsWith("System.", StringComparison.Ordinal) || UnnamedSpaces.Contains(space);

    /// <summary>Statements outside all types make a class of this name.</summary>
    private void ReadStatements()
    {
        _writer.Write("Program");
        _declarations.Add(new Declaration(new DeclarationContext("", [""], [], default), [new NameKey("", "Program")], ["Program"], _writer.Take()));
    }

    /// <summary>Writes a node and takes down what it mentions. Not recursive: a constant may be a sum of thousands.</summary>
    private void Walk(SyntaxNode root)
    {
        _left.Push(root);
        while (_left.Count > 0)
        {
            var next = _left.Pop();
            if (next.AsNode() is not { } node)
            {
                Write(next.AsToken());
            }
            else if (IsLeftOut(node))
            {
                // That it is there counts: it tells a definition from an implementation.
                _writer.Write(-node.RawKind);
                _writer.Write(HasField(node) ? 1 : 0);
                WriteNullable(node.FullSpan);
            }
            else
            {
                Note(node);
                var children = node.ChildNodesAndTokens();
                _writer.Write(node.RawKind);
                _writer.Write(children.Count);
                foreach (var child in children.Reverse())
                {
                    _left.Push(child);
                }
            }
        }
    }

    private void Write(SyntaxToken token)
    {
        _writer.Write(token.RawKind);
        _writer.Write(token.Text);
        if (token.ContainsDirectives)
        {
            WriteNullable(token.FullSpan);
        }
    }

    private void WriteNullable(TextSpan within)
    {
        foreach (var (span, text) in _nullable)
        {
            if (within.Contains(span))
            {
                _writer.Write(text);
            }
        }
    }

    /// <summary>A property whose body says <c>field</c> has state of its own, which is recorded.</summary>
    private static bool HasField(SyntaxNode body) =>
        body.Parent is AccessorDeclarationSyntax or PropertyDeclarationSyntax && body.DescendantTokens().Any(static token => token.Text == "field");

    private static bool IsLeftOut(SyntaxNode node) => node switch
    {
        BlockSyntax or ArrowExpressionClauseSyntax or ConstructorInitializerSyntax => true,
        ArgumentListSyntax => node.Parent is PrimaryConstructorBaseTypeSyntax,
        EqualsValueClauseSyntax => node.Parent switch
        {
            PropertyDeclarationSyntax => true,
            VariableDeclaratorSyntax { Parent.Parent: BaseFieldDeclarationSyntax field } => !field.Modifiers.Any(SyntaxKind.ConstKeyword),
            _ => false,
        },
        _ => false,
    };

    private void Note(SyntaxNode node)
    {
        switch (node)
        {
            // The name of a named argument is looked up in the attribute alone.
            case SimpleNameSyntax name when name.Parent is not (NameEqualsSyntax or NameColonSyntax):
                _mentions.Add(name.Identifier.ValueText);
                break;
            case AttributeSyntax attribute:
                _mentions.Add(Last(attribute.Name) + "Attribute");
                break;
            case TypeDeclarationSyntax type when type.AttributeLists.Count > 0 && type.Kind() is SyntaxKind.ClassDeclaration or SyntaxKind.RecordDeclaration:
                _attributed.Add(type);
                break;
            case MethodDeclarationSyntax method when IsExtension(method, method.ParameterList):
                _extensions.Add(method.Identifier.ValueText);
                break;
            case PropertyDeclarationSyntax property when IsExtension(property, null):
                _extensions.Add(property.Identifier.ValueText);
                break;
        }
    }

    /// <summary>Extensions are found by their own name in a namespace, without that of their class. Newer compilers have blocks of them.</summary>
    private static bool IsExtension(MemberDeclarationSyntax member, ParameterListSyntax? parameters) =>
        (parameters is { Parameters: { Count: > 0 } list } && list[0].Modifiers.Any(SyntaxKind.ThisKeyword))
        || member.Parent?.Kind() is not (SyntaxKind.ClassDeclaration or SyntaxKind.RecordDeclaration or SyntaxKind.StructDeclaration
            or SyntaxKind.RecordStructDeclaration or SyntaxKind.InterfaceDeclaration);

    private static string Last(NameSyntax name) => name switch
    {
        QualifiedNameSyntax qualified => qualified.Right.Identifier.ValueText,
        AliasQualifiedNameSyntax qualified => qualified.Name.Identifier.ValueText,
        SimpleNameSyntax simple => simple.Identifier.ValueText,
        _ => "",
    };

    private string Identity(TypeDeclarationSyntax type, string space)
    {
        var identity = "";
        for (SyntaxNode? level = type; level is TypeDeclarationSyntax host; level = level.Parent)
        {
            // Two types of one name are two if one of them stays in its file.
            var file = host.Modifiers.Any(SyntaxKind.FileKeyword) ? "@" + _tree!.FilePath : "";
            identity = $"+{host.Identifier.ValueText}`{host.Arity}{file}{identity}";
        }

        return space + identity;
    }
}
