// Uploads files that WhatsApp will take, and says of the others why not.

static void Upload(string file, string? mediaType)
{
    // Here your own upload goes.
    Console.WriteLine($"{file}: upload it as {mediaType}");
}

var refused = 0;
foreach (var file in args)
{
    var result = await Preflight.Shared.CheckAsync(file);
    if (result.Verdict == "accepted")
    {
        Upload(file, result.MediaType);
        continue;
    }
    refused++;
    foreach (var finding in result.Findings.Where(finding => finding.Severity == "error"))
    {
        Console.WriteLine($"{file}: {finding.Message} {finding.Remedy}");
    }
}
await Preflight.Shared.DisposeAsync();
return refused == 0 ? 0 : 1;
