using AgentFlow.Generators.Tests.Harness;

namespace AgentFlow.Generators.Tests.Regressions;

/// <summary>A task within a task was kept as if it were a value, and a parameter for another action's task or stream was told to be an input.</summary>
public sealed class TasksAreNotValuesTests
{
    [Theory]
    [InlineData("[Action] Task<Task<int>> {|AF0210:Get|}() => null!;")]
    [InlineData("[Action] ValueTask<Task<int>> {|AF0210:Get|}() => default;")]
    [InlineData("[Action] Task<ValueTask<int>> {|AF0210:Get|}() => null!;")]
    [InlineData("[Action] Task<ValueTask> {|AF0210:Get|}() => null!;")]
    [InlineData("[Action] ValueTask<IAsyncEnumerable<int>> {|AF0210:Get|}() => default;")]
    [InlineData("[Action] IAsyncEnumerable<Task<int>> {|AF0210:Get|}() => null!;")]
    [InlineData("[Action] IAsyncEnumerable<IAsyncEnumerable<int>> {|AF0210:Get|}() => null!;")]
    [InlineData("[Action] static Task<int> Get() => Task.FromResult(1); [Action] static int Take(Task<int> {|AF0104:get|}) => 1;")]
    [InlineData("[Action] static Task<int> Get() => Task.FromResult(1); [Action] static int Take(ValueTask<int> {|AF0104:get|}) => 1;")]
    [InlineData("[Action] static Task<Article> Get() => null!; [Action] static int Take(Task<Article> {|AF0104:article|}) => 1;")]
    [InlineData("[Action] static Task<Article> Get() => null!; [Action] static int Take([From({|AF0104:nameof(Get)|})] Task<Article> article) => 1;")]
    [InlineData("[Action] static async IAsyncEnumerable<int> Many() { await Task.Yield(); yield return 1; } [Action] static int Take(IAsyncEnumerable<int> {|AF0104:many|}) => 1;")]
    [InlineData("[Action] static async IAsyncEnumerable<int> Many() { await Task.Yield(); yield return 1; } [Action] static int Take([From({|AF0104:nameof(Many)|})] IAsyncEnumerable<int> numbers) => 1;")]
    [InlineData("[Action] static async IAsyncEnumerable<int> Many() { await Task.Yield(); yield return 1; } [Action] static int Take(int[] many) => many.Length;")]
    [InlineData("[Action] static async IAsyncEnumerable<int> Many() { await Task.Yield(); yield return 1; } [Action] static int Take(IReadOnlyList<int> many) => many.Count;")]
    [InlineData("[Action] static Task<int> Get() => Task.FromResult(1); [Action] static int Take(int get) => get;")]
    [InlineData("[Action] static Task<string> Get() => null!; [Action] static int Take(Task<Article> {|AF0102:article|}) => 1;")]
    public Task It_is_said_where_it_is_written(string members) => Expect.Members(members);
}
