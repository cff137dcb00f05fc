using AgentFlow;
using AgentFlow.Samples;
using AgentFlow.Samples.Trips;

const string Usage = """
    Books a trip; if a booking fails, those before it are undone.
    usage: TripSaga [flight|hotel|car]     the booking that is to fail; exit code 1 if one does
    """;

return await Sample.RunAsync(args, Usage, static async words =>
{
    var fails = words.Length > 0 ? words[0] : null;
    if (words.Length > 1 || fails is not (null or "flight" or "hotel" or "car"))
    {
        throw new WrongUsageException($"'{string.Join(' ', words)}' is no booking: say flight, hotel or car, or nothing");
    }

    try
    {
        var trip = await new TripSaga(fails, Console.Out).RunAsync("Lisbon");
        Console.WriteLine($"confirmed: {trip.Flight.Number}, {trip.Hotel.Name}, {trip.Car.Plate}");
        return Sample.Success;
    }
    catch (ActionFailedException e)
    {
        Console.WriteLine($"failed: {e.InnerException!.Message}");
        return Sample.Failure;
    }
});
