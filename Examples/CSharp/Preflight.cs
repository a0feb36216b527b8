using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

/// <summary>A request to the hook; what is null is left out.</summary>
public sealed record PreflightRequest
{
    public string? File { get; init; }
    public string? Endpoint { get; init; }
    public string? To { get; init; }
    public string? MediaUrl { get; init; }
    public string? MediaId { get; init; }
    public string? Caption { get; init; }
    public string? Filename { get; init; }
    public string? PhoneNumberId { get; init; }
    public string? DeclaredType { get; init; }
}

/// <summary>One thing that is wrong, or worth knowing.</summary>
public sealed record PreflightFinding(string Code, string Severity, string Message, string? Remedy);

/// <summary>The answer: "accepted" or "rejected", and why; Request is what to send, if it was asked for.</summary>
public sealed record PreflightResult(
    string Verdict, string? Endpoint, string? MediaType, PreflightFinding[] Findings, JsonElement? Request);

/// <summary>
/// Asks preflight whether WhatsApp will take a file, through one process that is kept open. It may be used
/// from many threads; dispose of it at the end.
/// </summary>
public sealed class Preflight : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly SemaphoreSlim turn = new(1);
    private readonly Process process;

    /// <param name="options">Those of "preflight hook", such as "--policy=whatsapp-cloud".</param>
    public Preflight(params string[] options)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("PREFLIGHT") ?? "preflight")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("hook");
        foreach (var option in options) start.ArgumentList.Add(option);
        process = Process.Start(start) ?? throw new IOException("preflight can't be started");
    }

    /// <summary>The result of one request. A rejection is a result like any other.</summary>
    /// <exception cref="IOException">preflight has ended.</exception>
    public async Task<PreflightResult> CheckAsync(PreflightRequest request)
    {
        // Answers come in the order of the requests, so nobody asks before the one before was answered.
        await turn.WaitAsync();
        try
        {
            await process.StandardInput.WriteAsync(JsonSerializer.Serialize(request, Json) + "\n");
            await process.StandardInput.FlushAsync();
            var answer = await process.StandardOutput.ReadLineAsync();
            return JsonSerializer.Deserialize<PreflightResult>(
                answer ?? throw new IOException("preflight has ended"), Json)!;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
