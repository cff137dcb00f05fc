global using AgentFlow.Testing;
global using Xunit;
