// Uploads files that WhatsApp will take, and says of the others why not.

static void Upload(string file, string? mediaType)
{
    // Here your own upload goes.
    Console.WriteLine($"{file}: upload it as {mediaType}");
}

using var preflight = new Preflight();
var refused = 0;
foreach (var file in args)
{
    var result = await preflight.CheckAsync(new PreflightRequest { File = file });
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
return refused == 0 ? 0 : 1;
