global using AgentFlow.Testing;
global using AgentFlow.Tests;
global using Xunit;
