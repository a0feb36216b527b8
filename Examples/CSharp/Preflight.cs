// Asks preflight whether WhatsApp will take a file, before it is sent. Copy this file; it needs .NET 8 and no packages.
//
//     var result = await Preflight.Shared.CheckAsync("wave.webp", new() { Endpoint = "sticker" });
//     if (result.Verdict != "accepted")
//         foreach (var finding in result.Findings) Console.WriteLine(finding.Message);
//
// One "preflight hook" process is started by the first request and kept; it is replaced when it dies or gets stuck. Any
// number of requests may be under way, from any thread.

using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;

/// <summary>What is asked, besides the file; what is null is left out.</summary>
public sealed record PreflightRequest
{
    public string? Endpoint { get; init; }
    public string? To { get; init; }
    public string? MediaUrl { get; init; }
    public string? MediaId { get; init; }
    public string? Caption { get; init; }
    public string? Filename { get; init; }
    public string? PhoneNumberId { get; init; }
    public string? DeclaredType { get; init; }
    public string? Depth { get; init; }

    internal IEnumerable<(string Key, string? Value)> Members =>
    [
        ("endpoint", Endpoint), ("to", To), ("mediaUrl", MediaUrl), ("mediaId", MediaId), ("caption", Caption),
        ("filename", Filename), ("phoneNumberId", PhoneNumberId), ("declaredType", DeclaredType), ("depth", Depth),
    ];
}

/// <summary>One thing that is wrong, or worth knowing.</summary>
public sealed record PreflightFinding(string Code, string Severity, string Message, string? Remedy);

/// <summary>
/// The answer: "accepted", "rejected" or "unjudged", and why; Request is what to send, if it was asked for.
/// </summary>
public sealed record PreflightResult(
    string Verdict, string? Path, string? Endpoint, string? MediaType, long? Size, PreflightFinding[] Findings,
    string[] Alternatives, JsonElement? Request);

/// <summary>There is no answer: preflight is missing, has died, or talks nonsense.</summary>
public class PreflightException(string message) : IOException(message);

/// <summary>The hook had the request for as long as it may, and didn't answer.</summary>
public sealed class PreflightTimeoutException(string message) : PreflightException(message);

/// <summary>A client with a process of its own. Dispose of it at the end.</summary>
public sealed class Preflight : IAsyncDisposable
{
    // The hook refuses longer lines, without their id.
    private const int LongestLine = 1 << 20;
    // So many requests the hook works on at a time, unless its options say how many (--jobs), and so many it has: the others
    // wait here, where no deadline runs. From one host it fetches no more than these at a time, and more would wait there.
    private const int UsualJobs = 8;
    // After so many processes in a row that answered nothing, everyone who waits gets an error.
    private const int MostUselessStarts = 3;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>One client for the whole program, which ends with it.</summary>
    public static Preflight Shared { get; } = new();

    private readonly string[] options;
    private readonly int jobs;
    private readonly string? executable;
    private readonly TimeSpan timeout;

    // Held for moments only; nothing is awaited, and no caller's code runs, while it is.
    private readonly object gate = new();
    private readonly LinkedList<Question> queue = new();
    private Hook? hook;
    private long lastNumber;
    private int uselessStarts;
    private bool isClosed;

    /// <param name="options">Those of "preflight hook", such as "--policy=whatsapp-cloud"; paths in them from the root.</param>
    /// <param name="executable">Where preflight is; else $PREFLIGHT, else "preflight" on the path.</param>
    /// <param name="timeout">How long the hook may take for one request; else 10 seconds.</param>
    public Preflight(IEnumerable<string>? options = null, string? executable = null, TimeSpan? timeout = null)
    {
        this.options = [.. options ?? []];
        jobs = JobsOf(this.options);
        this.executable = executable;
        this.timeout = timeout ?? TimeSpan.FromSeconds(10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(this.timeout, TimeSpan.Zero, nameof(timeout));
        // A timer takes no more than 49 days.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(this.timeout, TimeSpan.FromDays(49), nameof(timeout));
    }

    /// <summary>
    /// The result for one file, or with null as the path for the fields alone. A rejection is a result like any other.
    /// </summary>
    /// <exception cref="PreflightException">There is no answer.</exception>
    /// <exception cref="ArgumentException">The request can't be sent as it is.</exception>
    public async Task<PreflightResult> CheckAsync(
        string? path, PreflightRequest? request = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var number = Interlocked.Increment(ref lastNumber);
        var question = new Question(number, Line(number, path, request ?? new()));
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            queue.AddLast(question);
            Send();
        }
        // What is in flight stays there: its answer is awaited, to be dropped.
        using var registration = cancellationToken.Register(() => question.Answer.TrySetCanceled(cancellationToken));
        return await question.Answer.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the process, once what was asked before is answered.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] waiting;
        lock (gate)
        {
            isClosed = true;
            var inFlight = hook?.InFlight.Values ?? Enumerable.Empty<Question>();
            waiting = queue.Concat(inFlight).Select(question => (Task)question.Answer.Task).ToArray();
        }
        // Their callers see how each ended.
        await Task.WhenAll(waiting).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Hook? last;
        lock (gate)
        {
            last = hook;
            hook = null;
        }
        last?.End();
    }

    /// <summary>Gives the hook as many requests as it should have. The caller holds the gate.</summary>
    private void Send()
    {
        while (queue.First?.Value is { } question)
        {
            if (question.IsDropped)
            {
                queue.RemoveFirst();
                continue;
            }
            // One that a process died with goes alone, so that the one to blame takes no others with it.
            var most = question.Deaths > 0 ? 1 : jobs;
            if (hook is not null
                && (hook.InFlight.Count >= most || hook.InFlight.Values.Any(other => other.Deaths > 0))) return;
            if (hook is null && !Start()) return;
            var current = hook!;
            queue.RemoveFirst();
            current.InFlight.Add(question.Id, question);
            question.Deadline = new Timer(_ => TooLate(current, question), null, timeout, Timeout.InfiniteTimeSpan);
            current.Lines.Writer.TryWrite(question.Line);
        }
    }

    private bool Start()
    {
        var name = executable ?? Environment.GetEnvironmentVariable("PREFLIGHT") ?? "preflight";
        // Standard error is the program's own.
        var start = new ProcessStartInfo(name)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        string[] arguments = ["hook", "--unordered", $"--jobs={UsualJobs}", .. options];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        try
        {
            var current = new Hook(Process.Start(start) ?? throw new InvalidOperationException("no process"));
            hook = current;
            uselessStarts += 1;
            _ = Task.Run(current.WriteAsync);
            _ = Task.Run(() => ReadAsync(current));
            return true;
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            FailAll($"{name} can't be started: {error.Message}");
            return false;
        }
    }

    private async Task ReadAsync(Hook current)
    {
        try
        {
            while (await current.Output.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                if (Deliver(current, line)) continue;
                // No answer to anything that was asked: whatever else it says can't be trusted.
                Replace(current, "preflight gave an answer to no request");
                return;
            }
        }
        catch (IOException)
        {
            // As if it had ended.
        }
        finally
        {
            current.Output.Dispose();
        }
        Replace(current, $"preflight ended ({current.Status()})");
    }

    /// <summary>Whether a line of the hook answers a request that it has.</summary>
    private bool Deliver(Hook current, string line)
    {
        string? id;
        PreflightResult? result;
        try
        {
            using var answer = JsonDocument.Parse(line);
            if (answer.RootElement.ValueKind != JsonValueKind.Object
                || !answer.RootElement.TryGetProperty("id", out var written)
                || written.ValueKind != JsonValueKind.String) return false;
            id = written.GetString();
            result = answer.RootElement.Deserialize<PreflightResult>(Json);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
        if (id is null || result is null) return false;
        lock (gate)
        {
            // Replaced, it isn't heard any more; the reader ends with the process.
            if (hook != current) return true;
            if (!current.InFlight.Remove(id, out var question)) return false;
            question.Deadline?.Dispose();
            uselessStarts = 0;
            question.Answer.TrySetResult(result);
            Send();
            return true;
        }
    }

    private void TooLate(Hook current, Question question)
    {
        lock (gate)
        {
            // It may have been answered, or asked again, while this waited for the gate.
            if (hook != current || !current.InFlight.Remove(question.Id)) return;
            question.Deadline?.Dispose();
            var seconds = timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            question.Answer.TrySetException(
                new PreflightTimeoutException($"preflight gave no answer within {seconds} s, and was ended"));
        }
        Replace(current, "preflight was stuck", isToBlame: false);
    }

    /// <summary>
    /// Ends a process. What it had goes to the next; where the process is to blame, once, and then it fails.
    /// </summary>
    private void Replace(Hook current, string why, bool isToBlame = true)
    {
        lock (gate)
        {
            if (hook != current) return;
            hook = null;
            // The oldest comes to stand first.
            foreach (var question in current.InFlight.Values.OrderByDescending(other => other.Number))
            {
                question.Deadline?.Dispose();
                if (isToBlame) question.Deaths += 1;
                if (question.Deaths < 2) queue.AddFirst(question);
                else question.Answer.TrySetException(
                    new PreflightException($"{why} in the middle of the request, twice"));
            }
            if (uselessStarts >= MostUselessStarts)
            {
                uselessStarts = 0;
                FailAll($"preflight was started {MostUselessStarts} times and answered nothing: {why}");
            }
            Send();
        }
        current.End();
    }

    /// <summary>Fails all that wait for a turn. The caller holds the gate.</summary>
    private void FailAll(string why)
    {
        foreach (var question in queue) question.Answer.TrySetException(new PreflightException(why));
        queue.Clear();
    }

    private static byte[] Line(long number, string? path, PreflightRequest request)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line, Relaxed))
        {
            json.WriteStartObject();
            json.WriteString("id", number.ToString(CultureInfo.InvariantCulture));
            if (path is not null) json.WriteString("file", Text("path", Absolute(path)));
            foreach (var (key, value) in request.Members)
            {
                if (value is not null) json.WriteString(key, Text(key, value));
            }
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        return line.WrittenCount <= LongestLine
            ? line.WrittenSpan.ToArray()
            : throw new ArgumentException(
                $"the request has {line.WrittenCount} bytes as JSON, and the hook takes {LongestLine}", nameof(request));
    }

    /// <summary>The text as UTF-8, which a half of a surrogate pair doesn't have: it would be sent as something else.</summary>
    private static byte[] Text(string key, string value)
    {
        try
        {
            return StrictUtf8.GetBytes(value);
        }
        catch (EncoderFallbackException error)
        {
            throw new ArgumentException($"{key} has half of a surrogate pair, which is no text", key, error);
        }
    }

    /// <summary>How many requests a hook with these options works on at a time.</summary>
    private static int JobsOf(string[] options)
    {
        var stated = Regex.Matches(string.Join('\n', options), @"^--jobs[=\n]([0-9]{1,9})$", RegexOptions.Multiline);
        // The hook itself refuses 0, and never works on more than 200.
        return stated.Count == 0 ? UsualJobs : Math.Clamp(int.Parse(stated[^1].Groups[1].Value, CultureInfo.InvariantCulture), 1, 200);
    }

    /// <summary>The path from the root, now: the program may change its working folder after the hook was started.</summary>
    private static string Absolute(string path)
    {
        if (path.Length == 0 || path.Contains('\0'))
        {
            throw new ArgumentException("the path is empty or has a NUL", nameof(path));
        }
        // Not GetFullPath(): where `a` is a link, `a/..` isn't the folder that holds it.
        return Path.Combine(Environment.CurrentDirectory, path);
    }

    /// <summary>A request, and who waits for its answer.</summary>
    private sealed class Question(long number, byte[] line)
    {
        public long Number { get; } = number;
        public string Id { get; } = number.ToString(CultureInfo.InvariantCulture);
        public byte[] Line { get; } = line;
        // Those who wait go on elsewhere, not under the gate.
        public TaskCompletionSource<PreflightResult> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
        public Timer? Deadline { get; set; }
        // How many processes have died with it.
        public int Deaths { get; set; }
        public bool IsDropped => Answer.Task.IsCompleted;
    }

    /// <summary>One process, and what is on its way to it.</summary>
    private sealed class Hook(Process process)
    {
        private readonly Stream input = process.StandardInput.BaseStream;

        public StreamReader Output { get; } = process.StandardOutput;
        public Dictionary<string, Question> InFlight { get; } = [];
        public Channel<byte[]> Lines { get; } = Channel.CreateUnbounded<byte[]>();

        /// <summary>Writes lines one after another, while answers are read.</summary>
        public async Task WriteAsync()
        {
            try
            {
                await using (input.ConfigureAwait(false))
                {
                    await foreach (var line in Lines.Reader.ReadAllAsync().ConfigureAwait(false))
                    {
                        await input.WriteAsync(line).ConfigureAwait(false);
                        await input.FlushAsync().ConfigureAwait(false);
                    }
                }
            }
            catch (IOException)
            {
                // It has died, which the end of its answers tells as well.
            }
        }

        /// <summary>How it ended, once it closed its output.</summary>
        public string Status()
        {
            try
            {
                return process.WaitForExit(1000) ? $"exit status {process.ExitCode}" : "still running";
            }
            catch (InvalidOperationException)
            {
                // End() was there before.
                return "ended";
            }
        }

        /// <summary>Ends the process, which holds nothing worth keeping.</summary>
        public void End()
        {
            Lines.Writer.TryComplete();
            try
            {
                process.Kill();
            }
            catch (Exception error) when (error is InvalidOperationException or Win32Exception)
            {
                // It has ended already, or can't be killed now.
            }
            // The runtime waits for it, so that no zombie stays.
            process.Dispose();
        }
    }
}
