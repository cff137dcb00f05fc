namespace AgentFlow.Generators.Tests.Generation;

/// <summary>After any edits a driver that has seen them all writes what one writes that has seen none.</summary>
public sealed class IncrementalPropertyTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, EditedProject.Many)]
    [InlineData(4, EditedProject.Many)]
    public void After_every_edit_the_output_is_that_of_a_fresh_parse(int seed, int others) => Run(seed, others, edits: 100);

    internal static int Run(int seed, int others, int edits)
    {
        var random = new RandomProject(seed, files: 12);
        var project = new EditedProject(others, random.Files);
        project.AssertFresh();
        var changed = 0;
        for (var i = 0; i < edits; i++)
        {
            var was = project.Output;
            var edit = random.Edit();
            project.Become(random.Files);
            var (expected, output) = (project.Expected, project.Output);
            Assert.True(expected.SequenceEqual(output), $"Seed {seed}, edit {i} ({edit}) left something stale.");
            changed += was.SequenceEqual(output) ? 0 : 1;
        }

        return changed;
    }
}
