using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// Actions took their services from the root provider: all sessions shared one <see cref="DbContext"/>, and of 20 invoices that were
/// approved at once 11 failed, some of which had been paid.
/// </summary>
public sealed class InvoicesOfOneContextTests
{
    private const int Count = 20;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = 300_000)]
    public async Task Invoices_approved_at_once_are_all_paid()
    {
        var file = Path.Combine(Path.GetTempPath(), $"invoices-{Guid.NewGuid():n}.db");
        try
        {
            await using var services = new ServiceCollection()
                .AddDbContext<InvoiceContext>(options => options.UseSqlite($"Data Source={file};Pooling=False"))
                .BuildServiceProvider();
            await PrepareAsync(services);
            await using var store = new MemorySessionStore();
            await using var runtime = new AgentRuntime(store, new() { Run = new() { Services = services } });
            var agent = new PaysInvoices();
            var sessions = new List<Session<PaysInvoices, int>>();
            foreach (var number in Enumerable.Range(1, Count))
            {
                var session = await runtime.StartAsync(agent, number, cancellationToken: Ct);
                Assert.Equal(SessionState.Suspended, await session.WaitAsync(Ct));
                sessions.Add(session);
            }

            await Task.WhenAll(sessions.Select(async session => await session.ApproveAsync(true, cancellationToken: Ct)));
            var paid = await Task.WhenAll(sessions.Select(session => session.Result.WaitAsync(Patience, Ct)));
            Assert.Equal(Enumerable.Range(1, Count), paid);

            await using var scope = services.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<InvoiceContext>();
            Assert.Equal(Count, await context.Invoices.CountAsync(static invoice => invoice.Approved && invoice.Paid, Ct));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task PrepareAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<InvoiceContext>();
        await context.Database.EnsureCreatedAsync(Ct);
        context.Invoices.AddRange(Enumerable.Range(1, Count).Select(static number => new Invoice { Number = number }));
        await context.SaveChangesAsync(Ct);
    }
}

public sealed class Invoice
{
    public int Id { get; set; }

    public int Number { get; set; }

    public bool Approved { get; set; }

    public bool Paid { get; set; }
}

public sealed class InvoiceContext(DbContextOptions<InvoiceContext> options) : DbContext(options)
{
    public DbSet<Invoice> Invoices => Set<Invoice>();
}

[Agent]
public sealed partial class PaysInvoices
{
    [Action]
    private static async Task<int> Find([Input] int number, [Service] InvoiceContext context, CancellationToken ct) =>
        (await context.Invoices.SingleAsync(invoice => invoice.Number == number, ct)).Id;

    [Signal]
    private partial Task<bool> Approve([From(nameof(Find))] int invoice);

    [Action]
    private static async Task<int> Confirm([From(nameof(Find))] int id, [From(nameof(Approve))] bool approved, [Service] InvoiceContext context, CancellationToken ct)
    {
        var invoice = await context.Invoices.SingleAsync(invoice => invoice.Id == id, ct);
        invoice.Approved = approved;
        await context.SaveChangesAsync(ct);
        return id;
    }

    [Action, Result]
    private static async Task<int> Pay([From(nameof(Confirm))] int id, [Service] InvoiceContext context, CancellationToken ct)
    {
        var invoice = await context.Invoices.SingleAsync(invoice => invoice.Id == id, ct);
        invoice.Paid = true;
        await context.SaveChangesAsync(ct);
        return invoice.Number;
    }
}
