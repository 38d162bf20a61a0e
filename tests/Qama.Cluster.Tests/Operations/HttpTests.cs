using System.Net;
using System.Text;
using Qama.Cluster.Campaigns;
using Qama.Cluster.Tests.Campaigns;

namespace Qama.Cluster.Tests.Operations;

/// <summary>What programs say by HTTP, and what they send to a collector.</summary>
public sealed class HttpTests
{
    [Theory]
    [Stores]
    public async Task Health_dashboard_and_telemetry(string store)
    {
        await using CampaignScene scene = CampaignScene.Empty(store);
        using var collector = new Collector();
        foreach ((string name, string value) in collector.Environment)
        {
            scene.Cluster.Environment[name] = value;
        }

        (int server, int worker) = (FreePorts.Next(), FreePorts.Next());
        await scene.Cluster.StartProcessAsync("Silo", "--http-port", $"{server}", "--dashboard");
        await scene.Cluster.StartProcessAsync("Worker", [.. CampaignScene.WorkerOptions, "--http-port", $"{worker}"]);
        using var http = new HttpClient();
        foreach (int port in new[] { server, worker })
        {
            Assert.Equal("Healthy", await http.GetStringAsync($"http://127.0.0.1:{port}/health/live"));
            Assert.Equal("Healthy", await http.GetStringAsync($"http://127.0.0.1:{port}/health/ready"));
        }

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"http://127.0.0.1:{server}/dashboard/")).StatusCode);
        Assert.StartsWith("{", await http.GetStringAsync($"http://127.0.0.1:{server}/dashboard/ClusterStats"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"http://127.0.0.1:{worker}/dashboard/")).StatusCode);

        await scene.ConnectAsync();
        await scene.Client.SubmitAsync(scene.File("1"));
        Assert.Equal(CampaignState.Done, (await scene.EndAsync()).State);
        string[] expected = ["qama.campaign.runs", "qama.campaign.results", "campaign task", "orleans-", "qama-server", "qama-worker"];
        await CampaignScene.UntilAsync(
            () => Task.FromResult(expected.All(e => collector.Received.Contains(e, StringComparison.Ordinal))), "everything was collected");
    }

    /// <summary>Takes what OpenTelemetry sends.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly StringBuilder _received = new();

        public Collector()
        {
            string address = $"http://127.0.0.1:{FreePorts.Next()}/";
            _listener.Prefixes.Add(address);
            _listener.Start();
            Environment = new Dictionary<string, string>
            {
                ["OTEL_EXPORTER_OTLP_ENDPOINT"] = address,
                ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
                ["OTEL_BSP_SCHEDULE_DELAY"] = "500",
            };
            _ = ListenAsync();
        }

        public Dictionary<string, string> Environment { get; }

        public string Received
        {
            get
            {
                lock (_received)
                {
                    return _received.ToString();
                }
            }
        }

        public void Dispose() => _listener.Close();

        private async Task ListenAsync()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = await _listener.GetContextAsync();
                    using var body = new MemoryStream();
                    await context.Request.InputStream.CopyToAsync(body);
                    lock (_received)
                    {
                        _received.Append(Encoding.Latin1.GetString(body.ToArray()));
                    }

                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}
