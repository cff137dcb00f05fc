using System.Text;
using System.Text.Json;
using AgentFlow.CompilerServices;
using AgentFlow.Generators.Parsing;

namespace AgentFlow;

/// <summary>Reads a plan: its properties, then its names and edges. Finds as much of what is wrong as it can.</summary>
internal sealed class PlanReader(PlanCatalog catalog, PlanLimits limits)
{
    private const int CacheCapacity = 256;
    private const int MaxForEachDefault = 4;

    /// <summary>More errors than these help nobody, and finding them takes time.</summary>
    public const int MaxErrors = 200;

    private readonly List<PlanError> _errors = [];
    private readonly List<PlanDraft> _drafts = [];

    public IReadOnlyList<PlanError> Errors => _errors;

    /// <summary>Reads a plan.</summary>
    /// <returns>The plan; null if <see cref="Errors"/> says what is wrong.</returns>
    public Plan? Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > limits.MaxBytes)
        {
            _errors.Add(new(PlanErrorKind.TooLarge, "", $"The plan has more than {limits.MaxBytes} bytes."));
            return null;
        }

        JsonElement json;
        try
        {
            json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = limits.MaxDepth, AllowDuplicateProperties = false });
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            _errors.Add(new(PlanErrorKind.Malformed, "", $"The plan is no JSON that can be read: {e.Message}"));
            return null;
        }

        return json.ValueKind == JsonValueKind.Object ? Read(json) : Refuse("The plan has to be an object.");
    }

    private Plan? Read(JsonElement json)
    {
        var root = new PlanObject(json, "", _errors);
        var name = ReadName(root, "plan");
        root.Text("description");
        var failsFast = root.Flag("fail_fast", true);
        var maxParallel = root.Number("max_parallel", 0, 1, limits.MaxParallel);
        var timeout = root.Duration("timeout", limits.MaxDuration) ?? TimeSpan.Zero;
        var (inputs, inputSchema) = ReadInputs(root);
        var result = root.Text("result");
        var actions = root.TryGet("actions", out var found) && found.ValueKind == JsonValueKind.Array ? found : default;
        root.RefuseOthers();
        if (actions.ValueKind != JsonValueKind.Array || actions.GetArrayLength() == 0)
        {
            return Refuse("\"actions\" has to be an array with at least one action.");
        }

        if (actions.GetArrayLength() > limits.MaxActions)
        {
            _errors.Add(new(PlanErrorKind.TooLarge, "actions", $"There are {actions.GetArrayLength()} actions, and may be at most {limits.MaxActions}."));
            return null;
        }

        var place = 0;
        foreach (var action in actions.EnumerateArray())
        {
            ReadAction(action, $"actions[{place++}]");
        }

        var id = Plan.IdOf(name, json);
        var edges = new PlanBinder(_drafts, inputs, inputSchema, _errors).Bind();
        var resultAction = FindResult(root, result, edges);
        if (_errors.Count > 0)
        {
            return null;
        }

        var graph = new AgentGraph(id, [.. _drafts.Select(draft => draft.Node with { IsResult = draft.Index == resultAction })], edges) { Title = name, MaxParallel = maxParallel };
        var run = new RunPlan(graph, PlanOrder.Rank(graph), PlanOrder.Topological(graph))
        {
            OwnsToken = true,
            GivesContexts = true,
            ContinueOnFailure = !failsFast,
            Timeout = timeout,
        };
        return new Plan(name, json, inputs, inputSchema, [.. _drafts.Select(static draft => draft.Action!)], graph, run, limits);
    }

    private Plan? Refuse(string message)
    {
        _errors.Add(new(PlanErrorKind.Malformed, "", message));
        return null;
    }

    private static string ReadName(PlanObject json, string otherwise)
    {
        if (json.Text("name") is not { } name)
        {
            return otherwise;
        }

        if (!PlanNames.IsName(name))
        {
            json.Report(PlanErrorKind.InvalidName, "name", $"'{PlanObject.Shorten(name)}' is no name: one has 1 to 64 letters, digits, _ or -, and begins with a letter or _. What people read goes into \"title\".");
        }

        return name;
    }

    private static (IReadOnlyList<string> Names, JsonElement Schema) ReadInputs(PlanObject root)
    {
        var schemas = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (root.TryGet("inputs", out var inputs))
        {
            if (inputs.ValueKind == JsonValueKind.Array && inputs.EnumerateArray().All(static i => i.ValueKind == JsonValueKind.String))
            {
                foreach (var name in inputs.EnumerateArray())
                {
                    schemas[name.GetString()!] = JsonElement.Parse("{}");
                }
            }
            else if (inputs.ValueKind == JsonValueKind.Object)
            {
                foreach (var input in inputs.EnumerateObject())
                {
                    schemas[input.Name] = input.Value;
                    if (PlanSchemas.FindUnsupported(input.Value) is { } unsupported)
                    {
                        root.Report(PlanErrorKind.Malformed, $"inputs.{input.Name}", $"is no schema that can be checked: {unsupported}");
                    }
                }
            }
            else
            {
                root.Report(PlanErrorKind.Malformed, "inputs", "has to be an array of names, or an object of names and JSON schemas.");
            }
        }

        foreach (var name in schemas.Keys.Where(static name => !PlanNames.IsName(name) || name is "item" or "index"))
        {
            root.Report(PlanErrorKind.InvalidName, "inputs", $"'{PlanObject.Shorten(name)}' cannot be the name of an input.");
        }

        return ([.. schemas.Keys], SchemaOf(schemas));
    }

    /// <summary>All inputs are required but those whose schema has a default or allows null.</summary>
    private static JsonElement SchemaOf(Dictionary<string, JsonElement> inputs)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "object");
            writer.WriteStartObject("properties");
            foreach (var (name, schema) in inputs)
            {
                writer.WritePropertyName(name);
                WriteInput(writer, name, schema);
            }

            writer.WriteEndObject();
            writer.WriteStartArray("required");
            foreach (var (name, schema) in inputs)
            {
                if (PlanSchemas.TypesOf(schema)?.Contains("null") != true)
                {
                    writer.WriteStringValue(name);
                }
            }

            writer.WriteEndArray();
            writer.WriteBoolean("additionalProperties", false);
            writer.WriteEndObject();
        }

        return JsonElement.Parse(stream.ToArray());
    }

    /// <summary>References within an input's schema mean places within that schema, so that it gets a name of its own.</summary>
    private static void WriteInput(Utf8JsonWriter writer, string name, JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object || schema.TryGetProperty("$id", out _) || !schema.GetRawText().Contains("\"$ref\"", StringComparison.Ordinal))
        {
            schema.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("$id", "inputs/" + Uri.EscapeDataString(name));
        foreach (var keyword in schema.EnumerateObject())
        {
            keyword.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    private void ReadAction(JsonElement json, string path)
    {
        var index = _drafts.Count;
        if (json.ValueKind != JsonValueKind.Object)
        {
            _errors.Add(new(PlanErrorKind.Malformed, path, "has to be an object."));
            return;
        }

        var action = new PlanObject(json, path, _errors);
        if (!action.Has("name"))
        {
            action.Report(PlanErrorKind.InvalidName, "name", "is missing: every action has a name of its own.");
        }

        var name = ReadName(action, $"action_{index}");
        if (_drafts.Any(other => other.Name == name))
        {
            action.Report(PlanErrorKind.InvalidName, "name", $"there is another action '{name}'.");
        }

        var outputKey = action.Text("output_key", 64) ?? name;
        if ((action.Has("output_key") && !PlanNames.IsName(outputKey)) || outputKey is "item" or "index")
        {
            action.Report(PlanErrorKind.InvalidName, "output_key", $"'{outputKey}' cannot be the name of an output.");
        }

        var target = ReadTarget(action, name);
        var mode = action.Choice("mode", ActionMode.Async, PlanNames.Modes);
        var references = new List<(PlanReference, string)>();
        var parameters = ReadParameters(action, references);
        var condition = ReadCondition(action, references);
        var forEach = ReadForEach(action, references);
        var policy = ReadPolicy(action, target, mode, forEach is not null);
        var fallback = ReadFallback(action, references);
        var cache = action.Duration("cache", limits.MaxDuration);
        var node = new ActionNode(index, name)
        {
            Title = action.Text("title") ?? name,
            Type = target?.Type ?? ActionType.Tool,
            Mode = mode,
            Effect = target?.Effect ?? Effect.AtLeastOnce,
            Priority = action.Number("priority", 0, -1_000_000, 1_000_000),
            Estimate = action.Duration("estimate", TimeSpan.FromDays(365)),
            Delay = action.Duration("delay", limits.MaxDuration),
            IsOptional = action.Flag("optional", false),
            Condition = condition is null ? null : "condition",
            Output = mode == ActionMode.FireAndForget ? null : "json",
            ForEach = forEach is null ? -1 : index,
        };
        action.Text("description", 10_000);
        _drafts.Add(new PlanDraft
        {
            Json = action,
            Index = index,
            Name = name,
            OutputKey = outputKey,
            Node = node,
            DependsOn = action.Names("depends_on"),
            WaitsForAll = action.Flag("wait_for_all", true),
            References = references,
            Action = target is null ? null : new PlanAction
            {
                Target = target,
                Name = name,
                OutputKey = outputKey,
                Parameters = parameters,
                Policy = policy,
                Condition = condition,
                ForEach = forEach,
                Fallback = fallback,
                Cache = cache is { } duration ? new ActionCache<string, JsonElement>(duration, CacheCapacity) : null,
            },
        });
        action.RefuseOthers();
        CheckParameters(action, "parameters", target, parameters);
        if (fallback is not null)
        {
            CheckParameters(action, "fallback.parameters", fallback.Target, fallback.Parameters);
        }
    }

    private PlanTarget? ReadTarget(PlanObject json, string otherwise)
    {
        var type = json.Choice("type", ActionType.Tool, PlanNames.Types);
        var name = json.Text("target") ?? otherwise;
        if (catalog.Find(type, name) is { } target)
        {
            return target;
        }

        var others = catalog.Targets.FirstOrDefault(t => t.Name == name);
        var names = catalog.Targets.Where(t => t.Type == type).Select(static t => t.Name).ToList();
        var hint = others is not null ? $"'{name}' is of type \"{others.Type.ToWireName()}\"."
            : NearestName.Find(name, names) is { } nearest ? $"Did you mean '{nearest}'?"
            : names.Count > 0 ? $"There are {string.Join(", ", names.Take(50))}."
            : "There is none.";
        json.Report(PlanErrorKind.UnknownTarget, json.Has("target") ? "target" : "name", $"there is no {type.ToWireName()} '{PlanObject.Shorten(name)}'. {hint}");
        return null;
    }

    private static PlanTemplate ReadParameters(PlanObject json, List<(PlanReference, string)> references, string where = "parameters")
    {
        const string Name = "parameters";
        var value = JsonElement.Parse("{}");
        if (json.TryGet(Name, out var given))
        {
            if (given.ValueKind == JsonValueKind.Object)
            {
                value = given;
            }
            else
            {
                json.Report(PlanErrorKind.Malformed, Name, "has to be an object.");
            }
        }

        var template = PlanTemplate.Parse(value, Name, (at, message) => json.Report(PlanErrorKind.UnboundReference, at, message));
        references.AddRange(template.References.Select(reference => (reference, where)));
        return template;
    }

    private static PlanExpression? ReadCondition(PlanObject json, List<(PlanReference, string)> references)
    {
        if (json.Text("condition", 10_000) is not { } text)
        {
            return null;
        }

        try
        {
            var condition = PlanExpression.Parse(text);
            references.AddRange(condition.References.Select(static reference => (reference, "condition")));
            return condition;
        }
        catch (FormatException e)
        {
            json.Report(PlanErrorKind.InvalidCondition, "condition", $"is no condition: {e.Message}.");
            return null;
        }
    }

    private static PlanReference? ReadForEach(PlanObject json, List<(PlanReference, string)> references)
    {
        if (json.Text("for_each") is not { } text)
        {
            return null;
        }

        if (PlanReference.Parse(text) is not { } reference)
        {
            json.Report(PlanErrorKind.UnboundReference, "for_each", $"has to be a reference to an array, like \"$items\", not '{PlanObject.Shorten(text)}'.");
            return null;
        }

        references.Add((reference, "for_each"));
        return reference;
    }

    private ActionPolicy ReadPolicy(PlanObject json, PlanTarget? target, ActionMode mode, bool isForEach)
    {
        foreach (var name in (ReadOnlySpan<string>)["max_parallel", "allow_partial_failure"])
        {
            if (json.Has(name) && !isForEach)
            {
                json.Report(PlanErrorKind.InvalidPolicy, name, "is for actions with \"for_each\".");
            }
        }

        if (mode == ActionMode.FireAndForget && (isForEach || json.Has("output_key")))
        {
            json.Report(PlanErrorKind.ForgottenOutput, "mode", "an action that nobody waits for has no output: it can have neither \"output_key\" nor \"for_each\".");
        }

        var retry = ReadRetry(json);
        if (retry is { Attempts: > 1 } && target?.Effect == Effect.AtMostOnce)
        {
            json.Report(PlanErrorKind.InvalidPolicy, "retry", $"'{target.Name}' must not happen twice, so it cannot be tried again.");
        }

        return new ActionPolicy
        {
            Retry = retry,
            Timeout = json.Duration("timeout", limits.MaxDuration) ?? TimeSpan.Zero,
            Delay = json.Duration("delay", limits.MaxDuration) ?? TimeSpan.Zero,
            Forgotten = mode == ActionMode.FireAndForget,
            MaxParallel = json.Number("max_parallel", isForEach ? MaxForEachDefault : 1, 1, limits.MaxParallel),
            AllowPartialFailure = json.Flag("allow_partial_failure", false),
        };
    }

    /// <summary>A number of attempts, or an object with more.</summary>
    private RetryPolicy? ReadRetry(PlanObject json)
    {
        if (!json.TryGet("retry", out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number)
        {
            return new RetryPolicy { Attempts = json.Number("retry", 1, 1, limits.MaxAttempts), MaxDelay = TimeSpan.FromMinutes(1) };
        }

        if (json.Object("retry") is not { } retry)
        {
            return null;
        }

        if (!retry.Has("attempts"))
        {
            retry.Report(PlanErrorKind.InvalidPolicy, "attempts", "is missing: how often the action is tried in all.");
        }

        var policy = new RetryPolicy
        {
            Attempts = retry.Number("attempts", 1, 1, limits.MaxAttempts),
            Delay = retry.Duration("delay", limits.MaxDuration) ?? TimeSpan.Zero,
            Backoff = retry.Choice("backoff", BackoffKind.Constant, PlanNames.Backoffs),
            MaxDelay = retry.Duration("max_delay", limits.MaxDuration) ?? TimeSpan.FromMinutes(1),
            Jitter = retry.Flag("jitter", false),
            Handles = retry.Choice("on", TransientErrors.IsTransient, [("transient", TransientErrors.IsTransient), ("any", static (Exception _) => true)]),
        };
        retry.RefuseOthers();
        return policy;
    }

    private PlanFallback? ReadFallback(PlanObject json, List<(PlanReference, string)> references)
    {
        if (json.Object("fallback") is not { } fallback)
        {
            return null;
        }

        if (!fallback.Has("target"))
        {
            fallback.Report(PlanErrorKind.UnknownTarget, "target", "is missing: what is called when the action has failed.");
        }

        var target = fallback.Has("target") ? ReadTarget(fallback, "") : null;
        var parameters = ReadParameters(fallback, references, "fallback.parameters");
        fallback.RefuseOthers();
        return target is null ? null : new PlanFallback(target, parameters);
    }

    /// <summary>Checks what is known of the parameters before the run.</summary>
    private static void CheckParameters(PlanObject json, string name, PlanTarget? target, PlanTemplate parameters)
    {
        if (target?.ParametersSchema is { } schema)
        {
            parameters.Check(schema, name, (at, message) => json.Report(PlanErrorKind.InvalidParameters, at, $"{message} (parameters of {target.Type.ToWireName()} '{target.Name}')."));
        }
    }

    private int FindResult(PlanObject root, string? named, IReadOnlyList<DependencyEdge> edges)
    {
        if (named is not null)
        {
            var name = named.TrimStart('$');
            var chosen = _drafts.Find(draft => draft.OutputKey == name || draft.Name == name);
            if (chosen is null)
            {
                var nearest = NearestName.Find(name, _drafts.Select(static d => d.OutputKey));
                root.Report(PlanErrorKind.AmbiguousResult, "result", $"'{PlanObject.Shorten(named)}' is the output of no action.{(nearest is null ? "" : $" Did you mean '{nearest}'?")}");
            }
            else if (chosen.Node.Output is null)
            {
                root.Report(PlanErrorKind.ForgottenOutput, "result", $"nobody waits for '{chosen.Name}', so it has no output.");
            }

            return chosen?.Index ?? -1;
        }

        var used = edges.Select(static edge => edge.From).ToHashSet();
        var ends = _drafts.Where(draft => draft.Node.Output is not null && !used.Contains(draft.Index)).ToList();
        if (ends.Count > 1 && _errors.Count == 0)
        {
            root.Report(PlanErrorKind.AmbiguousResult, "result", $"is missing: {string.Join(", ", ends.Select(static d => $"'{d.OutputKey}'"))} could each be the plan's result. Name one.");
        }

        return ends.Count == 1 ? ends[0].Index : -1;
    }
}
