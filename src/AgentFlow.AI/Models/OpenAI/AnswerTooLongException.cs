using System.Globalization;

namespace AgentFlow.AI;

/// <summary>Carries the refusal of an answer through the transport, to become a <see cref="ModelException"/>.</summary>
internal sealed class AnswerTooLongException(long limit) : Exception(string.Create(CultureInfo.InvariantCulture, $"The answer is longer than {limit} bytes."));
