namespace AgentFlow.Samples.Research.Terminal;

/// <summary>Shows how a run goes while it goes.</summary>
public interface IProgressView
{
    /// <summary>Shows what happened.</summary>
    /// <param name="e">What happened.</param>
    void Show(in AgentEvent e);
}
