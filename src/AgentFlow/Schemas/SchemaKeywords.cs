namespace AgentFlow.Schemas;

/// <summary>What is known of keywords by their names.</summary>
internal static class SchemaKeywords
{
    /// <summary>How the drafts differ here.</summary>
    public enum Draft
    {
        /// <summary>None that is known.</summary>
        Unknown,

        /// <summary>2020-12.</summary>
        Current,

        /// <summary>6, 7 and 2019-09, whose keywords mean the same as far as they are supported.</summary>
        Older,
    }

    public static Draft DraftOf(string uri) => uri.TrimEnd('#').Replace("http://", "https://", StringComparison.Ordinal) switch
    {
        "https://json-schema.org/draft/2020-12/schema" or "https://json-schema.org/schema" => Draft.Current,
        "https://json-schema.org/draft/2019-09/schema" or "https://json-schema.org/draft-07/schema" or "https://json-schema.org/draft-06/schema" => Draft.Older,
        _ => Draft.Unknown,
    };

    /// <summary>Whether a keyword says nothing of values.</summary>
    public static bool IsAnnotation(string name) => name is "title" or "description" or "default" or "examples" or "deprecated" or "readOnly" or "writeOnly" or "$comment" or "$schema" or "$id"
        or "contentMediaType" or "contentSchema" or "strict";

    /// <summary>Whether a keyword says something that is not checked.</summary>
    public static bool IsUnsupported(string name, bool isOlder) => name switch
    {
        "$dynamicRef" or "$vocabulary" or "items" => true,
        "$recursiveRef" or "$recursiveAnchor" or "dependencies" or "additionalItems" => isOlder,
        _ => false,
    };

    /// <summary>The types that a keyword asks something of; any: all of them.</summary>
    public static JsonTypes TypesOf(string name) => name switch
    {
        "properties" or "patternProperties" or "additionalProperties" or "unevaluatedProperties" or "propertyNames" or "required" or "minProperties" or "maxProperties" or "dependentRequired"
            or "dependentSchemas" or "dependencies" => JsonTypes.Object,
        "items" or "prefixItems" or "additionalItems" or "unevaluatedItems" or "contains" or "minContains" or "maxContains" or "minItems" or "maxItems" or "uniqueItems" => JsonTypes.Array,
        "minLength" or "maxLength" or "pattern" or "format" or "contentEncoding" => JsonTypes.String,
        "minimum" or "maximum" or "exclusiveMinimum" or "exclusiveMaximum" or "multipleOf" => JsonTypes.Number,
        _ => JsonTypes.Any,
    };
}
