namespace AgentFlow.Fuzz;

/// <summary>What an attempt comes to.</summary>
internal enum Step
{
    Makes,
    Fails,
    FailsAfterwards,
    RunsOutOfTime,
    Hangs,
}

/// <summary>What a call of an action comes to, attempt by attempt, by the script alone.</summary>
internal sealed class Call
{
    public List<(Step Step, string Value)> Attempts { get; } = [];

    /// <summary>Null: it has failed; or it hangs.</summary>
    public string? Value { get; private set; }

    public bool Hangs { get; private set; }

    public bool FallsBack { get; private set; }

    public static Call Of(Model model, Act act, int iteration, int epoch, int item, string[] args)
    {
        var call = new Call();
        for (var attempt = 1; ; attempt++)
        {
            var value = Script.Value(model, act, iteration, attempt, item, args);
            var step = StepOf(model, act, attempt, epoch, item, args, value);
            call.Attempts.Add((step, value));
            switch (step)
            {
                case Step.Makes:
                    call.Value = value;
                    return call;
                case Step.Hangs:
                    call.Hangs = true;
                    return call;
            }

            if (attempt >= act.Attempts || !IsRetried(act, step))
            {
                return call.FallBack(model, act, iteration, item);
            }
        }
    }

    /// <summary>The same for one with children, from its attempts.</summary>
    public static Call OfChildren(Model model, Act act, int iteration, int item, IReadOnlyList<(Step Step, string Value)> attempts)
    {
        var call = new Call();
        call.Attempts.AddRange(attempts);
        call.Value = attempts[^1].Value;
        return attempts[^1].Step == Step.Makes ? call : call.FallBack(model, act, iteration, item);
    }

    /// <summary>One that fails before it is called.</summary>
    public static Call Refused(Model model, Act act, int iteration, int item) => new Call().FallBack(model, act, iteration, item);

    private Call FallBack(Model model, Act act, int iteration, int item)
    {
        FallsBack = act.HasFallback;
        Value = act.HasFallback && !act.FallbackFails ? Script.Fallback(model, act, iteration, act.HasContext ? item : -1) : null;
        return this;
    }

    public static Step StepOf(Model model, Act act, int attempt, int epoch, int item, string[] args, string value)
    {
        if (act.Pace == Pace.Hang && attempt <= act.Hangs)
        {
            return act.Timeout is > 0 and < 1000 ? Step.RunsOutOfTime : Step.Hangs;
        }

        if (Script.Fails(model, act, attempt, epoch, item, args))
        {
            return Step.Fails;
        }

        return act.Ensures && !Script.Holds(model.Name, $"E{act.Index}", value) ? Step.FailsAfterwards : Step.Makes;
    }

    private static bool IsRetried(Act act, Step step) => step switch
    {
        _ when act.Child >= 0 => true,
        Step.RunsOutOfTime => true,
        Step.Fails => act.RetriesAll || act.Failure.IsTransient,
        _ => !act.RetriesAll,
    };
}
