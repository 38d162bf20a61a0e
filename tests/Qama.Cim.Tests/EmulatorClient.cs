using System.Globalization;
using System.Text.Json;
using Qama.Cim.Emulator;

namespace Qama.Cim.Tests;

/// <summary>A client of the emulator that knows only the interface.</summary>
internal sealed class EmulatorClient(Uri address) : IDisposable
{
    private static readonly Uri Tasks = new("/api/system/business/task/", UriKind.Relative);

    public HttpClient Http { get; } = new() { BaseAddress = address };

    public static async Task<EmulatorClient> LogInAsync(CimEmulator emulator)
    {
        var client = new EmulatorClient(emulator.Address);
        client.Http.DefaultRequestHeaders.Authorization = new("JWT", await client.TokenAsync());
        return client;
    }

    public async Task<string> TokenAsync()
    {
        using var credentials = new StringContent("""{"user_id":"a","sdk_code":"b"}""");
        using HttpResponseMessage response = await Http.PostAsync(new Uri("/sso/access_token/", UriKind.Relative), credentials);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()).GetProperty("data").GetProperty("token").GetString()!;
    }

    public Task<HttpResponseMessage> PostAsync(string csv, bool isQubo = true)
    {
        var form = new MultipartFormDataContent { { new StringContent(csv), "url", "job.csv" } };
        foreach ((string name, string value) in new[]
        {
            ("task_name", "job"), ("name", "job.csv"), ("is_qubo", isQubo ? "True" : "False"), ("machine_name", "CPQC-550"),
        })
        {
            form.Add(new StringContent(value), name);
        }

        return Http.PostAsync(Tasks, form);
    }

    /// <summary>The id of a task that is accepted.</summary>
    public async Task<long> SubmitAsync(string csv, bool isQubo = true)
    {
        using HttpResponseMessage response = await PostAsync(csv, isQubo);
        string answer = await response.Content.ReadAsStringAsync();
        Assert.Contains("task_id", answer, StringComparison.Ordinal);
        return JsonSerializer.Deserialize<JsonElement>(answer).GetProperty("data").GetProperty("task_id").GetInt64();
    }

    /// <summary>The data of a task when it has ended.</summary>
    public async Task<JsonElement> EndAsync(long id)
    {
        for (int asked = 0; asked < 10_000; asked++)
        {
            JsonElement data = JsonSerializer.Deserialize<JsonElement>(await Http.GetStringAsync(
                new Uri($"{Tasks}{id.ToString(CultureInfo.InvariantCulture)}/", UriKind.Relative))).GetProperty("data");
            if (data.GetProperty("task_status").GetInt32() >= 2)
            {
                return data;
            }

            await Task.Delay(5);
        }

        throw new InvalidOperationException($"Task {id} does not end.");
    }

    public void Dispose() => Http.Dispose();
}
