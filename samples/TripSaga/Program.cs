using AgentFlow;
using AgentFlow.Samples.Trips;

var fails = args.Length > 0 ? args[0] : null;
if (fails is not (null or "flight" or "hotel" or "car"))
{
    Console.Error.WriteLine($"error: '{fails}' is no booking: say flight, hotel or car, or nothing");
    return 2;
}

try
{
    var trip = await new TripSaga(fails, Console.Out).RunAsync("Lisbon");
    Console.WriteLine($"confirmed: {trip.Flight.Number}, {trip.Hotel.Name}, {trip.Car.Plate}");
    return 0;
}
catch (ActionFailedException e)
{
    Console.WriteLine($"failed: {e.InnerException!.Message}");
    return 1;
}
