namespace AgentFlow.Samples.Research.Extraction;

/// <summary>One sentence of a passage.</summary>
/// <param name="Text">The sentence, without markup, on one line.</param>
/// <param name="Line">Where it begins: lines from the passage's first, which is 0.</param>
public sealed record Sentence(string Text, int Line);
