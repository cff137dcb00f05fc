using System.Buffers;
using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace AgentFlow.CompilerServices;

/// <summary>
/// Reads dates and times that come from outside alike on every machine. System.Text.Json takes a time without an offset for one of the
/// machine's zone, so that
/// "9999-12-31T23:59:59" is a value in Europe and an error in America. Here it is taken for UTC. For generated code.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Moments
{
    /// <summary>The longest text of a date and time, and some more.</summary>
    private const int MaxLength = 64;

    /// <summary>Signs of a date and time in the profile of ISO 8601 that System.Text.Json reads.</summary>
    private static readonly SearchValues<char> Signs = SearchValues.Create("0123456789-:.,TZ+");

    /// <summary>Reads and writes a <see cref="System.DateTimeOffset"/>; one without an offset is UTC.</summary>
    public static JsonConverter<DateTimeOffset> DateTimeOffsetConverter { get; } = new OffsetConverter();

    /// <summary>
    /// Reads and writes a <see cref="System.DateTime"/> as System.Text.Json does: without an offset it is unspecified, with <c>Z</c> it is
    /// UTC, with an offset it is local. One that no local
    /// time can hold is UTC.
    /// </summary>
    public static JsonConverter<DateTime> DateTimeConverter { get; } = new TimeConverter(isUtc: false);

    /// <summary>
    /// The same for what comes from outside: a <see cref="System.DateTime"/> with an offset is UTC, so that it is the same on every
    /// machine.
    /// </summary>
    public static JsonConverter<DateTime> UtcDateTimeConverter { get; } = new TimeConverter(isUtc: true);

    /// <summary>Reads a moment.</summary>
    /// <param name="json">A JSON string.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="hasOffset">Whether the text has an offset, or <c>Z</c>.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(JsonElement json, out DateTimeOffset moment, out bool hasOffset)
    {
        (moment, hasOffset) = (default, false);
        return json.ValueKind == JsonValueKind.String && TryRead(json.GetString(), out moment, out hasOffset);
    }

    /// <summary>Reads a date and time: without an offset as it stands, with one as UTC.</summary>
    /// <param name="json">A JSON string.</param>
    /// <param name="value">The date and time.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryReadDateTime(JsonElement json, out DateTime value)
    {
        var isOne = TryRead(json, out var moment, out var hasOffset);
        value = hasOffset ? moment.UtcDateTime : DateTime.SpecifyKind(moment.DateTime, DateTimeKind.Unspecified);
        return isOne;
    }

    private static bool TryRead(string? text, out DateTimeOffset moment, out bool hasOffset)
    {
        (moment, hasOffset) = (default, false);
        if (text is not { Length: >= 10 and <= MaxLength } || text.AsSpan().ContainsAnyExcept(Signs))
        {
            return false;
        }

        hasOffset = text.AsSpan(10).IndexOfAny('Z', '+', '-') >= 0;
        var whole = hasOffset ? text : text.Length == 10 ? text + "T00:00Z" : text + "Z";
        return JsonElement.Parse($"\"{whole}\"").TryGetDateTimeOffset(out moment);
    }

    private sealed class OffsetConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.TokenType == JsonTokenType.String ? reader.GetString() : null);

        public override DateTimeOffset ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.GetString());

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(value);

        public override void WriteAsPropertyName(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            JsonMetadataServices.DateTimeOffsetConverter.WriteAsPropertyName(writer, value, options);

        private static DateTimeOffset Of(string? text) => TryRead(text, out var moment, out _) ? moment : throw new JsonException("It is not a date and time such as \"2025-03-01T12:30:00Z\".");
    }

    private sealed class TimeConverter(bool isUtc) : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.TokenType == JsonTokenType.String ? reader.GetString() : null);

        public override DateTime ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Of(reader.GetString());

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => writer.WriteStringValue(Checked(value));

        public override void WriteAsPropertyName(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) =>
            JsonMetadataServices.DateTimeConverter.WriteAsPropertyName(writer, Checked(value), options);

        /// <summary>A local time of the first day or the last is, in other zones, before all time or after it.</summary>
        private DateTime Checked(DateTime value) =>
            !isUtc && value.Kind == DateTimeKind.Local
            && (value.Ticks < TimeSpan.TicksPerDay || value.Ticks > DateTime.MaxValue.Ticks - TimeSpan.TicksPerDay)
                ? throw new NotSupportedException(
                    "A local DateTime within a day of the first moment, or of the last, cannot be read in another zone. " +
                    "Give it in UTC, or without a kind.")
                : value;

        private DateTime Of(string? text)
        {
            if (!TryRead(text, out var moment, out var hasOffset))
            {
                throw new JsonException("It is not a date and time such as \"2025-03-01T12:30:00Z\".");
            }

            if (!hasOffset)
            {
                return DateTime.SpecifyKind(moment.DateTime, DateTimeKind.Unspecified);
            }

            var utc = moment.UtcDateTime;
            if (isUtc || text!.EndsWith('Z'))
            {
                return utc;
            }

            // .NET cuts off what lies beyond the first and the last moment instead of failing.
            var local = utc.ToLocalTime();
            return local.ToUniversalTime() == utc ? local : utc;
        }
    }
}
