namespace AgentFlow.Samples.Research.Extraction;

/// <summary>One sentence of a passage.</summary>
/// <param name="Text">The sentence, without markup, on one line.</param>
/// <param name="Line">Where it begins: lines from the passage's first, which is 0.</param>
/// <param name="Block">Sentences of different blocks, such as two comments, are never quoted together.</param>
public sealed record Sentence(string Text, int Line, int Block = 0);
