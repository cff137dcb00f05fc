using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AgentFlow.AI;

/// <summary>Steps that lead from a state of the world to where the goals are so, in an order that works; and which of them need not wait for each other.</summary>
public sealed class StepPlan
{
    private readonly int[][] _dependencies;

    internal StepPlan(IReadOnlyList<PlanStep> steps, PlanningProblem problem)
    {
        Steps = steps;
        Cost = steps.Sum(static step => step.Cost);
        var planned = PlannedStep.AllOf(steps, problem);
        Links = CausalLink.Of(planned, problem);
        _dependencies = StepOrder.Of(planned, Links);
    }

    /// <summary>The steps, in an order that works.</summary>
    public IReadOnlyList<PlanStep> Steps { get; }

    /// <summary>What they cost together.</summary>
    public double Cost { get; }

    /// <summary>Which step gives what another, or the goal, needs.</summary>
    public IReadOnlyList<CausalLink> Links { get; }

    /// <summary>
    /// The steps that a step has to wait for, as places in <see cref="Steps"/>, none of which another of them waits for: those that give what it needs, and those that it would undo
    /// or that would undo it. Every order that keeps to this leads to the same end, and so do steps at the same time (Bäckström 1998, <i>Computational Aspects of Reordering Plans</i>).
    /// </summary>
    /// <param name="step">The step's place in <see cref="Steps"/>.</param>
    /// <returns>The places, in order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such step.</exception>
    public IReadOnlyList<int> DependenciesOf(int step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, Steps.Count);
        return _dependencies[step];
    }

    /// <summary>
    /// The plan for the executor (<see cref="Plan.Parse"/>): each step calls the tool that is called like its operator, with its objects by the names of the operator's parameters;
    /// what a step has to wait for is its <c>depends_on</c>, so that the others run in parallel. The plan's result is the last step's.
    /// </summary>
    /// <param name="name">The plan's name: letters, digits, <c>_</c>, <c>-</c>.</param>
    /// <param name="maxParallel">How many steps are under way at once at most. Default: any number.</param>
    /// <returns>The plan as JSON.</returns>
    /// <exception cref="InvalidOperationException">There is no step: nothing is to be executed.</exception>
    public string ToJson(string name = "plan", int? maxParallel = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (Steps.Count == 0)
        {
            throw new InvalidOperationException("The plan has no step: its goals are so already, and nothing is to be executed.");
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("name", name);
            if (maxParallel is { } parallel)
            {
                writer.WriteNumber("max_parallel", parallel);
            }

            writer.WriteString("result", IdOf(Steps.Count - 1));
            writer.WriteStartArray("actions");
            for (var i = 0; i < Steps.Count; i++)
            {
                Write(writer, i);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The steps, one a line.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => string.Join('\n', Steps);

    private void Write(Utf8JsonWriter writer, int index)
    {
        var step = Steps[index];
        writer.WriteStartObject();
        writer.WriteString("name", IdOf(index));
        writer.WriteString("target", step.Operator.Name);
        writer.WriteString("title", step.Name);
        writer.WriteStartObject("parameters");
        for (var i = 0; i < step.Arguments.Count; i++)
        {
            writer.WriteString(step.Operator.Parameters[i].Name[1..], step.Arguments[i]);
        }

        writer.WriteEndObject();
        if (_dependencies[index].Length > 0)
        {
            writer.WriteStartArray("depends_on");
            foreach (var dependency in _dependencies[index])
            {
                writer.WriteStringValue(IdOf(dependency));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private string IdOf(int index) => $"{Steps[index].Operator.Name}_{index + 1}";
}
