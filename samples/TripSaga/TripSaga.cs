// Books a trip as a saga: if a booking fails, those already made are undone, the last one first.
//   dotnet run --project samples/TripSaga -- car
namespace AgentFlow.Samples.Trips;

/// <summary>A flight that is booked.</summary>
public sealed record Flight(string Number);

/// <summary>A room that is booked.</summary>
public sealed record Hotel(string Name);

/// <summary>A car that is booked.</summary>
public sealed record Car(string Plate);

/// <summary>Everything is booked.</summary>
public sealed record Trip(Flight Flight, Hotel Hotel, Car Car);

/// <summary>Books a flight, then a hotel, then a car.</summary>
/// <param name="fails">The booking that fails (<c>flight</c>, <c>hotel</c> or <c>car</c>), if any.</param>
/// <param name="log">Takes what is done and undone.</param>
[Agent]
public sealed partial class TripSaga(string? fails, TextWriter log)
{
    [Action, Compensate(nameof(CancelFlight))]
    private Task<Flight> BookFlight([Input] string destination) => BookAsync("flight", $"flight to {destination}", new Flight("AF 101"));

    [Action, Compensate(nameof(CancelHotel))]
    private Task<Hotel> BookHotel([Input] string destination, Flight flight) => BookAsync("hotel", $"hotel in {destination}, for the passengers of {flight.Number}", new Hotel("Astoria"));

    [Action, Compensate(nameof(CancelCar))]
    private Task<Car> BookCar(Hotel hotel) => BookAsync("car", $"car at the {hotel.Name}", new Car("CY-C 1"));

    [Action]
    private static Trip Confirm(Flight flight, Hotel hotel, Car car) => new(flight, hotel, car);

    private Task CancelFlight(Flight flight) => log.WriteLineAsync($"undone: flight {flight.Number}");

    private Task CancelHotel(Hotel hotel) => log.WriteLineAsync($"undone: hotel {hotel.Name}");

    private Task CancelCar(Car car) => log.WriteLineAsync($"undone: car {car.Plate}");

    private async Task<T> BookAsync<T>(string kind, string what, T booking)
    {
        if (kind == fails)
        {
            throw new InvalidOperationException($"no {kind} is free");
        }

        await log.WriteLineAsync($"booked: {what}");
        return booking;
    }
}
