global using AgentFlow.Generators.Tests.Harness;
global using Xunit;
