using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using AgentFlow.Generators.Diagnostics;
using AgentFlow.Generators.Emission;
using AgentFlow.Generators.Model;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AgentFlow.Generators.Parsing;

/// <summary>A class with tools: symbols to model. Generator and analyzer parse alike; only the analyzer passes a sink.</summary>
internal sealed class ToolParser
{
    /// <summary>What OpenAI and Anthropic take, whichever is less.</summary>
    private const int MaxNameLength = 64;

    private readonly INamedTypeSymbol _type;
    private readonly Compilation _compilation;
    private readonly Reporter _report;
    private readonly CancellationToken _ct;
    private readonly JsonContracts _contracts;
    private readonly JsonSchemas _schemas;
    private readonly JsonCodecs _codecs;
    private readonly Dictionary<string, JsonCodecModel> _used = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IMethodSymbol> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _members = new(StringComparer.Ordinal);

    private ToolParser(INamedTypeSymbol type, Compilation compilation, IDiagnosticSink? sink, CancellationToken ct)
    {
        _type = type;
        _compilation = compilation;
        _report = new Reporter(sink, type, compilation, ct);
        _ct = ct;
        _contracts = new JsonContracts(type, compilation, context: null, isCamelCase: true);
        _codecs = new JsonCodecs(type, compilation);
        _schemas = new JsonSchemas(type, compilation, new ToolConstraints((attribute, reason) => _report.Report(Descriptors.ToolConstraint, Place.Of(attribute), attribute.AttributeClass!.Name.Replace("Attribute", ""), reason)), ct);
    }

    /// <summary>The methods of the class itself that are marked.</summary>
    public static IEnumerable<IMethodSymbol> MethodsOf(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(static method => KnownSymbols.ToolMark(method) is not null);

    /// <returns>The model; null if the class has no tools, or no partial declaration of it can be written.</returns>
    public static ToolClassModel? Parse(INamedTypeSymbol type, Compilation compilation, IDiagnosticSink? sink, CancellationToken ct)
    {
        var methods = MethodsOf(type).ToList();
        var isAgent = KnownSymbols.ToolMark(type) is not null && KnownSymbols.IsAgent(type);
        return methods.Count == 0 && !isAgent ? null : new ToolParser(type, compilation, sink, ct).Parse(methods, isAgent);
    }

    private ToolClassModel? Parse(List<IMethodSymbol> methods, bool isAgent)
    {
        var flaw = _type.TypeKind != TypeKind.Class ? "no class"
            : _type.Arity > 0 ? "generic"
            : SignatureRules.IsLocalToFile(_type) ? "local to its file, or inside a type that is"
            : _type.Name.Length > SignatureRules.LongestName ? "called by a name of more than 900 characters"
            : AgentShape.HiddenParameter(_type) is { } hidden ? $"in a place where the type parameter '{hidden.Name}' of '{hidden.ContainingType.Name}' means something else"
            : null;
        if (flaw is not null)
        {
            _report.Report(Descriptors.ToolShape, Place.Of(methods.Count > 0 ? methods[0] : _type), methods.Count > 0 ? methods[0].Name : _type.Name, $"'{_type.Name}' is {flaw}; move it to a class that is not");
            return null;
        }

        if (!CanBeContinued())
        {
            return null;
        }

        var inherited = BaseWithTools();
        var tools = methods.Select(Method).Where(static tool => tool is not null).Select(static tool => tool!).ToEquatableArray();
        var agent = isAgent ? Agent() : null;
        var taken = CheckMembers(tools, isAgent);
        return new ToolClassModel
        {
            Namespace = AgentShape.Namespace(_type),
            ContainingTypes = AgentShape.Hosts(_type),
            Name = _type.Name,
            Keyword = _type.IsRecord ? "record" : _type.IsStatic ? "static class" : "class",
            QualifiedName = TypeRefs.Name(_type),
            MetadataName = AgentShape.MetadataName(_type),
            Tools = tools,
            Agent = agent,
            Types = _contracts.Types.ToEquatableArray(),
            Codecs = _used.Values.OrderBy(static codec => codec.Name, StringComparer.Ordinal).ToEquatableArray(),
            Inherited = inherited is null ? null : NeedsInstance(inherited) ? "base.Tools" : TypeRefs.Name(inherited) + ".Tools",
            NeedsInstance = tools.Any(static tool => !tool.IsStatic) || (inherited is not null && NeedsInstance(inherited)),
            Taken = taken.ToEquatableArray(),
            UsesObsolete = methods.Any(static method => method.IsObsoleteError()),
            HasErrors = _report.HasErrors,
        };
    }

    private bool CanBeContinued()
    {
        var can = true;
        for (var level = _type; level is not null; level = level.ContainingType)
        {
            if (!level.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax(_ct) is TypeDeclarationSyntax declaration && declaration.Modifiers.Any(SyntaxKind.PartialKeyword)))
            {
                _report.Report(Descriptors.ToolClassNotPartial, Place.Of(level), level.Name, _type.Name);
                can = false;
            }
        }

        return can;
    }

    private INamedTypeSymbol? BaseWithTools()
    {
        for (var level = _type.BaseType; level is not null; level = level.BaseType)
        {
            if (MethodsOf(level).Any())
            {
                return level;
            }
        }

        return null;
    }

    private static bool NeedsInstance(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? level = type; level is not null; level = level.BaseType)
        {
            if (MethodsOf(level).Any(static method => !method.IsStatic))
            {
                return true;
            }
        }

        return false;
    }

    private ToolModel? Method(IMethodSymbol method)
    {
        var mark = KnownSymbols.ToolMark(method)!;
        if (!CheckSignature(method))
        {
            return null;
        }

        var shape = ReturnShape.Of(method);
        var stem = Stem(method);
        var name = mark.Named<string?>("Name", null) ?? stem;
        var replaced = Replaced(method);
        CheckName(method, mark, name);
        if (_names.TryGetValue(name, out _) || (name != replaced && InheritedNames().Contains(name)))
        {
            _report.Report(Descriptors.DuplicateTool, mark.IsWritten("Name") ? Place.Of(mark, "Name") : Place.Of(method), name);
        }

        _names[name] = method;
        var description = Descriptions.Of(method, _ct);
        if (description is null)
        {
            _report.Report(Descriptors.ToolNotDescribed, Place.Of(method), method.Name, $"a <summary> above '{method.Name}'");
        }

        var parameters = method.Parameters.Select(Parameter).ToEquatableArray();
        var arguments = method.Parameters.Where((_, i) => parameters[i].Kind == ToolParameterKind.Argument).ToList();
        foreach (var argument in arguments)
        {
            CheckArgument(argument, argument.Name, isSensitive: SensitiveTypes.Mark(argument.GetAttributes()) is not null);
        }

        var result = shape.Collected(_compilation);
        CheckResult(method, method.Name, result, SensitiveTypes.MarkOfReturn(method) is not null);
        var isMedia = IsMedia(result);
        var member = _members.Contains(stem) ? Pascal(name) : stem;
        if (member == "As" && KnownSymbols.ToolMark(_type) is not null)
        {
            // AsTool makes a tool of the whole agent.
            member += "_";
        }

        while (!_members.Add(member))
        {
            member += "_";
        }

        return new ToolModel
        {
            Name = name,
            Member = member,
            Replaces = replaced,
            Method = method.Name,
            Description = description ?? "",
            Schema = _report.HasErrors ? "{}" : _schemas.Of(arguments, static parameter => parameter.Name),
            ResultSchema = result is null || isMedia || _report.HasErrors ? null : _schemas.Of(result),
            ReturnKind = shape.Kind,
            Result = result is null ? null : TypeRefs.Name(result),
            Writer = isMedia ? null : Writer(result),
            IsMedia = isMedia,
            Parameters = parameters,
            IsStatic = method.IsStatic,
            NeedsApproval = NeedsApproval(mark),
            Effect = EffectOf(method, mark),
        };
    }

    private static string Stem(IMethodSymbol method) =>
        ReturnShape.Of(method).IsAsynchronous && method.Name.EndsWith("Async", StringComparison.Ordinal) && method.Name.Length > 5 ? method.Name.Substring(0, method.Name.Length - 5) : method.Name;

    private static string NameOf(IMethodSymbol method) => KnownSymbols.ToolMark(method)!.Named<string?>("Name", null) ?? Stem(method);

    /// <summary>The name of the tool that the method overrides.</summary>
    private static string? Replaced(IMethodSymbol method)
    {
        for (var level = method.OverriddenMethod; level is not null; level = level.OverriddenMethod)
        {
            if (KnownSymbols.ToolMark(level) is not null)
            {
                return NameOf(level);
            }
        }

        return null;
    }

    private HashSet<string> InheritedNames()
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (var level = _type.BaseType; level is not null; level = level.BaseType)
        {
            names.UnionWith(MethodsOf(level).Select(NameOf));
        }

        return names;
    }

    private ToolModel? Agent()
    {
        var mark = KnownSymbols.ToolMark(_type)!;
        var model = AgentParser.Parse(_type, _compilation, sink: null, out var signature, _ct);
        if (model is not { HasErrors: false } || signature is null)
        {
            // The agent's own errors say why.
            _report.LeaveToCompiler();
            signature = new([], null, false);
        }

        var name = mark.Named<string?>("Name", null) ?? _type.Name;
        CheckName(_type, mark, name);
        var description = Descriptions.Of(_type, _ct);
        if (description is null)
        {
            _report.Report(Descriptors.ToolNotDescribed, Place.Of(_type), _type.Name, $"a <summary> above '{_type.Name}'");
        }

        for (var i = 0; i < signature.Inputs.Count; i++)
        {
            CheckArgument(signature.Inputs[i], model!.Inputs[i].Name, model.Inputs[i].IsSensitive);
        }

        CheckResult(_type, _type.Name, signature.Result, signature.IsResultSensitive);
        var isMedia = IsMedia(signature.Result);
        if (!mark.IsWritten("Approval") && model?.Actions.FirstOrDefault(static action => IsSideEffect(action.Effect.ToString())) is { } effect)
        {
            ReportApproval(Place.Of(mark), _type.Name, $"its action '{effect.Id}' has Effect.{effect.Effect}");
        }

        var names = signature.Inputs.Select((input, i) => (input, model!.Inputs[i].Name)).ToDictionary(static pair => pair.input, static pair => pair.Name, SymbolEqualityComparer.Default);
        var parameters = signature.Inputs
            .Select(input => WithReader(new ToolParameterModel(names[input]!, TypeRefs.Name(input.Type), ToolParameterKind.Argument, !input.HasExplicitDefaultValue, Literals.Default(input), ServiceKey: null), input))
            .Append(new ToolParameterModel("options", "global::AgentFlow.RunOptions", ToolParameterKind.RunOptions, IsRequired: true, null, null))
            .Append(new ToolParameterModel("cancellationToken", "", ToolParameterKind.CancellationToken, IsRequired: true, null, null))
            .ToEquatableArray();
        return new ToolModel
        {
            Name = name,
            Member = "As",
            Method = "RunAsync",
            Description = description ?? "",
            Schema = _report.HasErrors ? "{}" : _schemas.Of(signature.Inputs, input => names[input]!),
            ResultSchema = signature.Result is null || isMedia || _report.HasErrors ? null : _schemas.Of(signature.Result),
            ReturnKind = signature.Result is null ? ReturnKind.ValueTask : ReturnKind.ValueTaskOfValue,
            Result = signature.Result is null ? null : TypeRefs.Name(signature.Result),
            Writer = isMedia ? null : Writer(signature.Result),
            IsMedia = isMedia,
            Parameters = parameters,
            IsStatic = false,
            NeedsApproval = NeedsApproval(mark),
            IsDurable = model?.IsDurable ?? false,
            RunArguments = model is { HasErrors: false, HidesBaseAgent: true } && new AgentNames(model) is var of ? $"<{model.QualifiedName}, {of.InputArgument}, {of.ResultArgument}>" : "",
            Effect = mark.EnumName("Effect", "AtLeastOnce"),
        };
    }

    private bool CheckSignature(IMethodSymbol method)
    {
        var flaw = method.MethodKind is not (MethodKind.Ordinary or MethodKind.ExplicitInterfaceImplementation) ? "only ordinary methods can be called by a model; move the attribute to one"
            : method.MethodKind == MethodKind.ExplicitInterfaceImplementation ? "it is an explicit implementation of an interface; mark a method that calls it"
            : method.IsGenericMethod ? "it is generic, and a model passes no types; write a method for each type"
            : method is { IsAsync: true, ReturnsVoid: true } ? "it is async void and cannot be awaited; return Task instead"
            : method.RefKind != RefKind.None ? "it returns a reference; return the value"
            : SignatureRules.Obstacle(method) is { } obstacle ? obstacle
            : AttributeSet.Of(method)[KnownSymbols.Signal] is not null ? "it is a signal, which somebody outside completes; mark a method that a model may call"
            : null;
        if (flaw is not null)
        {
            _report.Report(Descriptors.ToolShape, Place.Of(method), method.Name, flaw);
            return false;
        }

        var isSound = true;
        foreach (var parameter in method.Parameters)
        {
            if (parameter.RefKind is not (RefKind.None or RefKind.In))
            {
                _report.Report(Descriptors.ToolShape, Place.Of(parameter), method.Name, $"'{parameter.Name}' is passed by reference; pass the value, and return what changes");
                isSound = false;
            }
            else if (ExternAliases.Hide(_compilation, parameter.Type))
            {
                _report.Report(Descriptors.ExternAlias, Place.Of(parameter), parameter.Name, parameter.Type);
                isSound = false;
            }
            else if (parameter.Type.TypeKind == TypeKind.Error)
            {
                _report.LeaveToCompiler();
                isSound = false;
            }
        }

        if (SignatureRules.IsUnusable(_compilation, method.ReturnType))
        {
            if (ExternAliases.Hide(_compilation, method.ReturnType))
            {
                _report.Report(Descriptors.ExternAlias, Place.Of(method), method.Name, method.ReturnType);
            }
            else if (SignatureRules.IsStackOnly(method.ReturnType))
            {
                _report.Report(Descriptors.ToolShape, Place.Of(method), method.Name, "its result lives on the stack alone, or is made of pointers; return an array");
            }
            else
            {
                _report.LeaveToCompiler();
            }

            isSound = false;
        }

        return isSound;
    }

    private void CheckName(ISymbol symbol, AttributeData mark, string name)
    {
        if (name.Length is > 0 and <= MaxNameLength && name.All(IsNamePart))
        {
            return;
        }

        var suggestion = new string([.. name.Select(static c => IsNamePart(c) ? c : '_').Take(MaxNameLength)]);
        var properties = suggestion.Length == 0 ? ImmutableDictionary<string, string?>.Empty : ImmutableDictionary<string, string?>.Empty.Add("Suggestion", suggestion);
        _report.Report(Descriptors.ToolName, mark.IsWritten("Name") ? Place.Of(mark, "Name") : Place.Of(symbol), [], properties, name);

        static bool IsNamePart(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-';
    }

    private ToolParameterModel Parameter(IParameterSymbol parameter)
    {
        var service = parameter.GetAttributes().FirstOrDefault(static a => a.AttributeClass?.Name == KnownSymbols.Service && KnownSymbols.IsAgentFlow(a));
        var kind = KnownSymbols.IsCancellationToken(parameter.Type) ? ToolParameterKind.CancellationToken
            : KnownSymbols.IsActionContext(parameter.Type) ? ToolParameterKind.ActionContext
            : service is not null ? ToolParameterKind.Service
            : KnownSymbols.IsServiceProvider(parameter.Type) ? ToolParameterKind.Services
            : KnownSymbols.Is(parameter.Type, "AIFunctionArguments", "Microsoft", "Extensions", "AI") ? ToolParameterKind.Arguments
            : ToolParameterKind.Argument;
        var key = service?.Named<string?>("Key", null);
        if (key is not null && _compilation.GetTypesByMetadataName(KnownSymbols.KeyedServices).IsEmpty)
        {
            _report.Report(Descriptors.KeyedServicesUnknown, Place.Of(service!, "Key"), parameter.Name);
        }

        var isRequired = kind == ToolParameterKind.Argument ? !parameter.HasExplicitDefaultValue : !TypeRefs.IsNullable(parameter.Type) && !parameter.HasExplicitDefaultValue;
        var model = new ToolParameterModel(parameter.Name, TypeRefs.Name(parameter.Type), kind, isRequired, Literals.Default(parameter), key);
        return kind == ToolParameterKind.Argument ? WithReader(model, parameter) : model;
    }

    private ToolParameterModel WithReader(ToolParameterModel model, IParameterSymbol parameter) => Use(_codecs.Of(parameter.Type), static model => model with { IsRead = true }) is { } codec
        ? model with { Reader = codec.ReadDelegate, IsConstrained = codec.IsConstrained || parameter.GetAttributes().Any(ToolConstraints.IsConstraint) }
        : model;

    /// <summary>Text and the most usual values are given back without being written.</summary>
    private string? Writer(ITypeSymbol? result) =>
        result is null or { SpecialType: SpecialType.System_String or SpecialType.System_Boolean or SpecialType.System_Int32 or SpecialType.System_Int64 } ? null : Use(_codecs.Of(result), static model => model with { IsWritten = true })?.WriteDelegate;

    private JsonCodec? Use(JsonCodec? codec, Func<JsonCodecModel, JsonCodecModel> use)
    {
        foreach (var model in codec?.Models ?? [])
        {
            _used[model.Name] = use(_used.TryGetValue(model.Name, out var used) ? used : model);
        }

        return codec;
    }

    /// <summary>What a tool is handed over, where it asks for one that may be null.</summary>
    private static ITypeSymbol? HandedOver(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable
        && (KnownSymbols.IsActionContext(nullable.TypeArguments[0]) || KnownSymbols.IsCancellationToken(nullable.TypeArguments[0]))
            ? nullable.TypeArguments[0]
            : null;

    private void CheckArgument(IParameterSymbol parameter, string name, bool isSensitive)
    {
        if (isSensitive || SensitiveTypes.Hold(parameter.Type))
        {
            _report.Report(Descriptors.SensitiveTool, Place.Of(parameter), name, "would be an argument that a model writes; take it from a service, or pass what stands for it");
        }
        else if (HandedOver(parameter.Type) is { } given)
        {
            var reason = "it is not the model's to give, and never null: remove the '?'";
            _report.Report(Descriptors.ToolParameterWithoutSchema, Place.Of(parameter), name, given.Name, reason);
        }
        else if (_contracts.Add(parameter.Type, out var failure) is null)
        {
            _report.Report(Descriptors.ToolParameterWithoutSchema, Place.Of(parameter), name, failure!.Value.Path, failure.Value.Reason);
        }
        else if (Descriptions.Of(parameter, _ct) is null)
        {
            _report.Report(Descriptors.ToolNotDescribed, Place.Of(parameter), name, $"a <param> or [Description] for '{name}'");
        }
    }

    private void CheckResult(ISymbol symbol, string name, ITypeSymbol? result, bool isSensitive)
    {
        if (result is null)
        {
            return;
        }

        if (isSensitive || SensitiveTypes.Hold(result))
        {
            _report.Report(Descriptors.SensitiveTool, Place.Of(symbol), name, "would give it to a model; return what tells nothing of it");
        }
        else if (!IsMedia(result) && _contracts.Add(result, out var failure) is null)
        {
            _report.Report(Descriptors.ToolParameterWithoutSchema, Place.Of(symbol), "the result of " + name, failure!.Value.Path, failure.Value.Reason);
        }
    }

    /// <summary>Whether a result is content, or several: models and clients are given it as it is.</summary>
    private static bool IsMedia(ITypeSymbol? result) => result switch
    {
        null => false,
        IArrayTypeSymbol { Rank: 1 } array => IsContent(array.ElementType),
        _ => IsContent(result) || result.AllInterfaces.Append(result).Any(IsContents),
    };

    private static bool IsContents(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Collections_Generic_IEnumerable_T } several
        && IsContent(several.TypeArguments[0]);

    private static bool IsContent(ITypeSymbol type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (KnownSymbols.Is(level, "AIContent", "Microsoft", "Extensions", "AI"))
            {
                return true;
            }
        }

        return false;
    }

    private string EffectOf(IMethodSymbol method, AttributeData mark)
    {
        var action = AttributeSet.Of(method)[KnownSymbols.Action];
        var effect = mark.IsWritten("Effect") || action is null ? mark.EnumName("Effect", "AtLeastOnce") : action.EnumName("Effect", "AtLeastOnce");
        if (IsSideEffect(effect) && !mark.IsWritten("Approval"))
        {
            ReportApproval(Place.Of(mark), method.Name, $"it has Effect.{effect}");
        }

        return effect;
    }

    private void ReportApproval(Place place, string name, string reason) => _report.Report(Descriptors.ToolWithoutApproval, place, name, reason);

    private static bool IsSideEffect(string effect) => effect is "AtMostOnce" or "Transactional";

    private static bool NeedsApproval(AttributeData mark) => mark.EnumName("Approval", "NotRequired") == "Required";

    private static string Pascal(string name)
    {
        var parts = name.Split(['_', '-'], StringSplitOptions.RemoveEmptyEntries).Select(static part => char.ToUpperInvariant(part[0]) + part.Substring(1));
        var pascal = string.Concat(parts);
        return SyntaxFacts.IsValidIdentifier(pascal) ? pascal : "_" + pascal;
    }

    private List<string> CheckMembers(EquatableArray<ToolModel> tools, bool isAgent)
    {
        var taken = new List<string>();
        var generated = tools.Select(static tool => tool.Member + "Tool");
        generated = tools.Count > 0 ? generated.Append("Tools") : generated;
        string[] names = [.. isAgent ? generated.Append("AsTool") : generated];
        if (AgentShape.CheckInheritedMembers(_type, [], names, _compilation, _report) is { } inherited)
        {
            taken.Add(inherited);
        }

        foreach (var name in names)
        {
            if (_type.Name == name)
            {
                _report.Report(Descriptors.MemberClash, Place.Of(_type), name, _type.Name, "rename the class");
                taken.Add(name);
            }

            foreach (var member in _type.GetMembers(name).Where(static member => !KnownSymbols.IsGenerated(member)))
            {
                _report.Report(Descriptors.MemberClash, Place.Of(member), name, _type.Name, "rename this one");
                taken.Add(name);
            }
        }

        return taken;
    }
}
