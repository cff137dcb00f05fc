namespace AgentFlow.AI.Tests.Planning;

/// <summary>Packages go by truck within a city and by plane between airports: the logistics domain of the AIPS-98 planning competition, as it is, and with methods.</summary>
internal static class Logistics
{
    private static readonly PlanningOperator[] s_operators =
    [
        new("load", "?p: package, ?v: vehicle, ?l: place") { Preconditions = ["at(?p, ?l)", "at(?v, ?l)"], Adds = ["in(?p, ?v)"], Deletes = ["at(?p, ?l)"] },
        new("unload", "?p: package, ?v: vehicle, ?l: place") { Preconditions = ["in(?p, ?v)", "at(?v, ?l)"], Adds = ["at(?p, ?l)"], Deletes = ["in(?p, ?v)"] },
        new("drive", "?t: truck, ?from: place, ?to: place, ?c: city")
        {
            Preconditions = ["at(?t, ?from)", "of(?from, ?c)", "of(?to, ?c)", "?from != ?to"],
            Adds = ["at(?t, ?to)"],
            Deletes = ["at(?t, ?from)"],
        },
        new("fly", "?a: plane, ?from: airport, ?to: airport") { Preconditions = ["at(?a, ?from)", "?from != ?to"], Adds = ["at(?a, ?to)"], Deletes = ["at(?a, ?from)"] },
    ];

    private static readonly Dictionary<string, string> s_supertypes = new() { ["truck"] = "vehicle", ["plane"] = "vehicle", ["airport"] = "place" };

    private static readonly PlanningTask[] s_tasks =
    [
        new("deliver", "?p: package, ?to: place") { Achieves = ["at(?p, ?to)"] },
        new("in-city", "?p: package, ?to: place") { Achieves = ["at(?p, ?to)"] },
        new("by-air", "?p: package, ?to: airport") { Achieves = ["at(?p, ?to)"] },
        new("bring-truck", "?t: truck, ?to: place"),
        new("bring-plane", "?a: plane, ?to: airport"),
    ];

    private static readonly TaskMethod[] s_methods =
    [
        new("there-already", "deliver(?p, ?to)") { Conditions = ["at(?p, ?to)"] },
        new("same-city", "deliver(?p, ?to)") { Conditions = ["at(?p, ?from)", "of(?from, ?c)", "of(?to, ?c)"], Subtasks = ["in-city(?p, ?to)"] },
        new("other-city", "deliver(?p, ?to)")
        {
            Conditions = ["at(?p, ?from)", "of(?from, ?c1)", "of(?to, ?c2)", "?c1 != ?c2", "of(?a1, ?c1)", "of(?a2, ?c2)", "port(?a1)", "port(?a2)"],
            Subtasks = ["in-city(?p, ?a1)", "by-air(?p, ?a2)", "in-city(?p, ?to)"],
        },
        new("in-place", "in-city(?p, ?to)") { Conditions = ["at(?p, ?to)"] },
        new("by-truck", "in-city(?p, ?to)")
        {
            Conditions = ["at(?p, ?from)", "?from != ?to", "of(?from, ?c)", "at(?t, ?there)", "of(?there, ?c)", "lorry(?t)"],
            Subtasks = ["bring-truck(?t, ?from)", "load(?p, ?t, ?from)", "bring-truck(?t, ?to)", "unload(?p, ?t, ?to)"],
        },
        new("truck-is-there", "bring-truck(?t, ?to)") { Conditions = ["at(?t, ?to)"] },
        new("truck-drives", "bring-truck(?t, ?to)") { Conditions = ["at(?t, ?from)", "of(?from, ?c)", "of(?to, ?c)", "?from != ?to"], Subtasks = ["drive(?t, ?from, ?to, ?c)"] },
        new("plane-is-there", "bring-plane(?a, ?to)") { Conditions = ["at(?a, ?to)"] },
        new("plane-flies", "bring-plane(?a, ?to)") { Conditions = ["at(?a, ?from)", "?from != ?to"], Subtasks = ["fly(?a, ?from, ?to)"] },
    ];

    private static readonly TaskMethod s_byPlane = new("by-plane", "by-air(?p, ?to)")
    {
        Conditions = ["at(?p, ?from)", "?from != ?to", "jet(?a)"],
        Subtasks = ["bring-plane(?a, ?from)", "load(?p, ?a, ?from)", "bring-plane(?a, ?to)", "unload(?p, ?a, ?to)"],
    };

    /// <summary>With all methods.</summary>
    public static PlanningDomain Domain { get; } = new(s_operators, s_tasks, [.. s_methods, s_byPlane], s_supertypes);

    /// <summary>Nobody has said how things go by air.</summary>
    public static PlanningDomain WithoutFlights { get; } = new(s_operators, s_tasks, s_methods, s_supertypes);

    private static readonly Dictionary<string, string> s_objects = new()
    {
        ["rome"] = "city", ["paris"] = "city", ["office1"] = "place", ["office2"] = "place", ["airport1"] = "airport", ["airport2"] = "airport",
        ["truck1"] = "truck", ["truck2"] = "truck", ["plane"] = "plane", ["letter"] = "package", ["parcel"] = "package",
    };

    private static readonly string[] s_map =
        ["of(office1, rome)", "of(airport1, rome)", "of(office2, paris)", "of(airport2, paris)", "port(airport1)", "port(airport2)", "lorry(truck1)", "lorry(truck2)", "jet(plane)"];

    /// <summary>One package from an office of one city to one of the other: 11 steps, as a plane and a truck have to be fetched.</summary>
    public static PlanningProblem OnePackage(PlanningDomain domain) => new(domain, s_objects)
    {
        Initial = [.. s_map, "at(truck1, airport1)", "at(truck2, airport2)", "at(plane, airport2)", "at(letter, office1)", "at(parcel, office2)"],
        Goals = ["at(letter, office2)"],
        Tasks = ["deliver(letter, office2)"],
    };

    /// <summary>Two packages change places.</summary>
    public static PlanningProblem TwoPackages(PlanningDomain domain) => new(domain, s_objects)
    {
        Initial = [.. s_map, "at(truck1, office1)", "at(truck2, office2)", "at(plane, airport1)", "at(letter, office1)", "at(parcel, office2)"],
        Goals = ["at(letter, office2)", "at(parcel, office1)"],
        Tasks = ["deliver(letter, office2)", "deliver(parcel, office1)"],
    };

    /// <summary>So many packages go from the offices of one city to those of the other, every second one the other way.</summary>
    public static PlanningProblem Packages(int count) => new(
        Domain,
        s_objects.Where(static pair => pair.Value != "package").Concat(Enumerable.Range(0, count).Select(static i => KeyValuePair.Create($"p{i}", "package"))).ToDictionary())
    {
        Initial = [.. s_map, "at(truck1, airport1)", "at(truck2, airport2)", "at(plane, airport2)", .. Enumerable.Range(0, count).Select(static i => $"at(p{i}, office{1 + (i % 2)})")],
        Goals = [.. Enumerable.Range(0, count).Select(static i => $"at(p{i}, office{2 - (i % 2)})")],
    };
}
