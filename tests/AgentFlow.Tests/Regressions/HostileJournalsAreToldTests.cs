using System.Buffers.Binary;
using System.Text;

namespace AgentFlow.Tests.Regressions;

/// <summary>
/// A checksum is no signature: whatever a file or a database holds in place of a session ends in an exception of sessions, in bounded time,
/// and never in the process's end.
/// </summary>
public sealed partial class HostileJournalsAreToldTests : IDisposable
{
    private const int HeaderSize = 12;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("agentflow-hostile-");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Payloads => ["", "null", "[]", "nest", "objects", "half", "bytes", "long", "number", "twice", "error"];

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_frame_that_matches_its_checksum_may_hold_anything()
    {
        var (path, content) = await WriteAsync();
        var random = new Random(11);
        for (var round = 0; round < 300; round++)
        {
            await File.WriteAllBytesAsync(path, Change(content, random), Ct);
            await Task.Run(ReadAsync, Ct).WaitAsync(Patience, Ct);
        }

        async Task ReadAsync()
        {
            await using var store = new FileSessionStore(_directory.FullName);
            await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
            await TellsAsync(async () => await runtime.ReadOutcomesAsync(new Doubling(), "s", Ct));
        }
    }

    [Theory, MemberData(nameof(Payloads))]
    public async Task A_record_may_hold_anything(string kind)
    {
        await using var inner = new MemorySessionStore();
        await using (var runtime = new AgentRuntime(inner))
        {
            await (await runtime.StartAsync(new Doubling(), 2, new() { Id = "s" }, Ct)).Result.WaitAsync(Patience, Ct);
        }

        var records = await inner.ReadAsync("s", 0, Ct).ToListAsync(Ct);
        Assert.True(records.Count > 2);
        for (var i = 0; i < records.Count; i++)
        {
            List<JournalRecord> hostile = [.. records];
            hostile[i] = hostile[i] with { Payload = Make(kind) };
            await using var store = new MemorySessionStore();
            await store.CreateAsync((await inner.FindAsync("s", Ct))! with { State = SessionState.Running }, hostile, "x", TimeSpan.Zero, Ct);
            await Task.Run(
                async () =>
                {
                    await using var runtime = new AgentRuntime(store, new() { PollInterval = TimeSpan.FromDays(1) });
                    await TellsAsync(async () => await runtime.ReadOutcomesAsync(new Doubling(), "s", Ct));
                    await TellsAsync(async () => await (await runtime.ResumeAsync(new Doubling(), "s", cancellationToken: Ct)).Result.WaitAsync(Patience, Ct));
                },
                Ct).WaitAsync(Patience, Ct);
        }
    }

    /// <summary>It goes well, or says that it is a session's damage.</summary>
    private static async Task TellsAsync(Func<Task> read)
    {
        try
        {
            await read();
        }
        catch (SessionException)
        {
            // It says so.
        }
    }

    /// <summary>Another content of one frame, or a few bytes of it, with the length and the checksum that belong to it.</summary>
    private static byte[] Change(byte[] file, Random random)
    {
        var frames = new List<byte[]>();
        for (var at = 0; at < file.Length;)
        {
            var size = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));
            frames.Add(file[(at + HeaderSize)..(at + HeaderSize + size)]);
            at += HeaderSize + size;
        }

        var frame = frames[random.Next(frames.Count)];
        if (random.Next(5) == 0)
        {
            random.NextBytes(frame);
        }

        for (var changes = random.Next(1, 5); changes > 0 && frame.Length > 0; changes--)
        {
            frame[random.Next(frame.Length)] = (byte)(random.Next(3) switch { 0 => 0xFF, 1 => 0x7F, _ => random.Next(256) });
        }

        using var written = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderSize];
        foreach (var content in frames)
        {
            BinaryPrimitives.WriteInt32LittleEndian(header, content.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], ~content.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header[8..], Crc32C(content));
            written.Write(header);
            written.Write(content);
        }

        return written.ToArray();
    }

    private static byte[] Make(string kind) => kind switch
    {
        "nest" => Encoding.UTF8.GetBytes(new string('[', 200_000)),
        "objects" => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 100_000))),
        "half" => "{\"\\ud800\":\"\\udfff\"}"u8.ToArray(),
        "bytes" => [0xFF, 0xFE, 0xC0, 0x80],
        "long" => Encoding.UTF8.GetBytes($"\"{new string('x', 5_000_000)}\""),
        "number" => "1e99999"u8.ToArray(),
        "twice" => "{\"output\":1,\"output\":2}"u8.ToArray(),
        "error" => "{\"error\":{\"type\":5,\"message\":[],\"inner\":{\"inner\":{}}}}"u8.ToArray(),
        _ => Encoding.UTF8.GetBytes(kind),
    };

    private async Task<(string Path, byte[] Content)> WriteAsync()
    {
        await using (var store = new FileSessionStore(_directory.FullName))
        {
            await using var runtime = new AgentRuntime(store);
            await (await runtime.StartAsync(new Doubling(), 2, new() { Id = "s" }, Ct)).Result.WaitAsync(Patience, Ct);
        }

        var path = Directory.GetFiles(_directory.FullName, "*.session").Single();
        return (path, await File.ReadAllBytesAsync(path, Ct));
    }

    /// <summary>CRC-32C (Castagnoli), bit by bit.</summary>
    private static uint Crc32C(byte[] content)
    {
        var crc = uint.MaxValue;
        foreach (var one in content)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    [Agent]
    internal sealed partial class Doubling
    {
        [Action]
        private static int Twice([Input] int value) => 2 * value;

        [Action, Result]
        private static string Text(int twice) => $"{twice}";
    }
}
