namespace AgentFlow.Tests.Regressions
{
    /// <summary>A session of one agent must not be finished by another that has the same id.</summary>
    public sealed class AgentsOfOneIdTests
    {
        private static CancellationToken Ct => TestContext.Current.CancellationToken;

        [Fact]
        public async Task A_second_class_under_one_id_is_refused()
        {
            await using var runtime = new AgentRuntime(new MemorySessionStore());
            var session = await runtime.StartAsync(new One.Import(), 1, new() { Id = "s" }, Ct);
            Assert.Equal("One", await session.Result.WaitAsync(Patience, Ct));

            var error = Assert.Throws<AgentIdConflictException>(() => runtime.Register(new Two.Import()));
            Assert.Equal(("Import", typeof(One.Import), typeof(Two.Import)), (error.Id, error.Registered, error.Refused));
            await Assert.ThrowsAsync<AgentIdConflictException>(() => runtime.StartAsync(new Two.Import(), 1, cancellationToken: Ct).AsTask());
            await Assert.ThrowsAsync<AgentIdConflictException>(() => runtime.ResumeAsync(new Two.Import(), "s", Ct).AsTask());
            await Assert.ThrowsAsync<AgentIdConflictException>(() => runtime.FindAsync(new Two.Import(), "s", Ct).AsTask());
        }

        [Fact]
        public async Task Another_instance_of_the_class_takes_over()
        {
            await using var runtime = new AgentRuntime(new MemorySessionStore());
            runtime.Register(new One.Import());
            runtime.Register(new One.Import());
            Assert.Equal("One", await (await runtime.StartAsync(new One.Import(), 1, cancellationToken: Ct)).Result.WaitAsync(Patience, Ct));
        }

        [Fact]
        public async Task An_id_is_free_again_when_its_agent_has_left()
        {
            await using var runtime = new AgentRuntime(new MemorySessionStore());
            var first = new One.Import();
            runtime.Register(first);
            await runtime.UnregisterAsync(first);
            Assert.Equal("Two", await (await runtime.StartAsync(new Two.Import(), 1, cancellationToken: Ct)).Result.WaitAsync(Patience, Ct));
        }
    }
}

namespace AgentFlow.Tests.Regressions.One
{
    [Agent(Name = "Import")]
    public sealed partial class Import
    {
        [Action]
        private static string Tell([Input] int of) => of > 0 ? "One" : "";
    }
}

namespace AgentFlow.Tests.Regressions.Two
{
    [Agent(Name = "Import")]
    public sealed partial class Import
    {
        [Action]
        private static string Tell([Input] int of) => of > 0 ? "Two" : "";
    }
}
