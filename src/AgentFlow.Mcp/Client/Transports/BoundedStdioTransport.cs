using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentFlow.Mcp;

/// <summary>Starts a server as a process, as the SDK's transport does, and reads it through a bound.</summary>
/// <param name="name">What the connection is called.</param>
/// <param name="options">What is started.</param>
/// <param name="bound">Bounds what the process writes.</param>
internal sealed class BoundedStdioTransport(string name, StdioClientTransportOptions options, Func<Stream, Stream> bound) : IClientTransport
{
    public string Name => name;

    public async Task<ITransport> ConnectAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var process = new Process { StartInfo = StartInfo() };
        try
        {
            if (options.StandardErrorLines is { } told)
            {
                process.ErrorDataReceived += (_, line) =>
                {
                    if (line.Data is { } text)
                    {
                        told(text);
                    }
                };
            }

            process.Start();
            _ = options.StandardErrorLines is null ? process.StandardError.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None) : Told(process);
            var transport = new StreamClientTransport(process.StandardInput.BaseStream, bound(process.StandardOutput.BaseStream));
            return new ProcessTransport(process, await transport.ConnectAsync(cancellationToken).ConfigureAwait(false), options.ShutdownTimeout);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            process.Dispose();
            throw new IOException($"The server '{name}' could not be started: {e.Message}", e);
        }
    }

    private static Task Told(Process process)
    {
        process.BeginErrorReadLine();
        return Task.CompletedTask;
    }

    private ProcessStartInfo StartInfo()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo
        {
            FileName = options.Command,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = options.WorkingDirectory ?? Environment.CurrentDirectory,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
        };

        // Scripts such as npx are no executables there.
        if (OperatingSystem.IsWindows() && !string.Equals(Path.GetFileName(options.Command), "cmd.exe", StringComparison.OrdinalIgnoreCase))
        {
            start.FileName = "cmd.exe";
            start.ArgumentList.Add("/c");
            start.ArgumentList.Add(options.Command);
        }

        foreach (var argument in options.Arguments ?? [])
        {
            start.ArgumentList.Add(OperatingSystem.IsWindows() ? Escaped(argument) : argument);
        }

        if (!options.InheritEnvironmentVariables)
        {
            start.Environment.Clear();
        }

        foreach (var (key, value) in options.EnvironmentVariables ?? new Dictionary<string, string?>())
        {
            start.Environment[key] = value;
        }

        return start;
    }

    /// <summary>An argument that the shell there does not take for more than text; what has spaces is quoted anyway.</summary>
    private static string Escaped(string argument) =>
        argument.Any(char.IsWhiteSpace) ? argument : string.Concat(argument.Select(static c => c is '&' or '^' or '>' or '<' or '|' ? $"^{c}" : $"{c}"));

    /// <summary>The conversation with a process, which ends with it.</summary>
    private sealed class ProcessTransport(Process process, ITransport inner, TimeSpan shutdownTimeout) : ITransport
    {
        private int _isDisposed;

        public string? SessionId => inner.SessionId;

        public ChannelReader<JsonRpcMessage> MessageReader => inner.MessageReader;

        public Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default) => inner.SendMessageAsync(message, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            {
                return;
            }

            await inner.DisposeAsync().ConfigureAwait(false);
            try
            {
                // A server ends when its input does; one that does not is ended.
                process.StandardInput.Close();
                using var limit = new LongTimeout(shutdownTimeout, TimeProvider.System);
                await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
            {
                Kill();
            }
            finally
            {
                process.Dispose();
            }
        }

        private void Kill()
        {
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                // It has ended by itself.
            }
        }
    }
}
