using AgentFlow.Generators.Tests.Harness;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>
/// An action that the compiler left out counted as completed; one that was named as a predicate, fallback or compensation ran once more; a default that another
/// action did not repeat was dropped, and told to models all the same.
/// </summary>
public sealed class WhatWouldRunTwiceOrNotAtAllTests
{
    [Theory]
    [InlineData("[Action, System.Diagnostics.Conditional(\"NEVER\")] private void {|AF0224:Save|}([Input] int of) { }")]
    [InlineData("[Action] private bool IsOpen([Input] int of) => true; [Action, When({|AF0305:nameof(IsOpen)|})] private int Get([Input] int of) => of;")]
    [InlineData("[Action] private bool IsOpen([Input] int of) => true; [Action, Requires({|AF0305:nameof(IsOpen)|})] private int Get([Input] int of) => of;")]
    [InlineData("[Action] private int Guess([Input] int of) => 1; [Action, Fallback({|AF0303:nameof(Guess)|})] private int Get([Input] int of) => of;")]
    [InlineData("[Action] private void Undo([Input] int of) { } [Action, Compensate({|AF0304:nameof(Undo)|})] private int Get([Input] int of) => of;")]
    [InlineData("[Action] private int Get([Input] int of) => of; [Action] private int Add(int get, [Input] int {|AF0310:of|} = 5) => get + of;")]
    [InlineData("[Action] private int Get([Input] int {|AF0310:of|} = 5) => of; [Action] private int Add(int get, [Input] int of) => get + of;")]
    [InlineData("[Action] private int Get([Input] int of = 5) => of; [Action] private int Add(int get, [Input] int {|AF0310:of|} = 6) => get + of;")]
    public Task It_is_an_error(string members) => Expect.Source($"[Agent(Durable = false)] public sealed partial class Desk {{ {members} }}");

    [Theory]
    [InlineData("[Action] private int Get([Input] int of = 5) => of; [Action] private int Add(int get, [Input] int of = 5) => get + of;")]
    [InlineData("[Action] private int Get([Input] int of = 5) => of; [Action] private int Add(int get, [Input(Name = \"more\")] int of = 6) => get + of;")]
    public Task The_same_default_is_none(string members) => Expect.Source($"[Agent(Durable = false)] public sealed partial class Desk {{ {members} }}");
}
