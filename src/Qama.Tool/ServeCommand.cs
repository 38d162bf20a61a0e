using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Qama.Tool.Inspecting;
using Qama.Tool.Serving;

namespace Qama.Tool;

/// <summary><c>qama serve ASSEMBLY|PROJECT</c>.</summary>
internal static class ServeCommand
{
    private const int UsualPort = 8560;

    private static readonly Argument<string> _path = CommandLine.Path(
        "ASSEMBLY|PROJECT", "An assembly with declared models, or a project (or its folder), which is built first.");

    private static readonly Option<string?> _model = new("--model")
    {
        Description = "The model, by its class: the name, or the end of it; needed where there are several.", HelpName = "NAME",
    };

    private static readonly Option<string?> _data = new("--data")
    {
        Description = "Samples: a CSV file, of which a line is a token or a sample, or an image, which is cut into patches.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> _run = new("--run")
    {
        Description = "Trained values: a safetensors file, of a model or a checkpoint.", HelpName = "FILE",
    };

    private static readonly Option<string?> _layer = new("--layer")
    {
        Description = "The layer in that file, by the start of its tensors' names; needed where several fit.", HelpName = "NAME",
    };

    private static readonly Option<int?> _port =
        CommandLine.Whole("--port", $"Port on 127.0.0.1, {UsualPort} unless given; 0 takes a free one.", 0, 65535);

    private static readonly Option<bool> _quiet = new("--no-browser") { Description = "Open no browser: the address is printed." };

    public static Command Create()
    {
        var command = new Command(
            "serve", "Shows a declared model live, in the browser: selections, energies and the spectrum while its weights are changed. "
            + "Listens on 127.0.0.1 alone; its layer's code runs. Ends on Ctrl+C.")
        {
            _path, _model, _data, _run, _layer, _port, _quiet, ModelSource.Configuration, ModelSource.Framework, CommandLine.Json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(_layer) is not null && result.GetResult(_run) is null)
            {
                result.AddError("--layer is a layer of the file that --run names.");
            }
        });
        command.Does(Run);
        return command;
    }

    private static int Run(ParseResult parsed, CancellationToken stop)
    {
        RunnableModel model = ModelSource.Load(parsed, parsed.GetValue(_path)!, parsed.GetValue(_model), stop);
        var session = new ModelSession(model, parsed.GetValue(_run), parsed.GetValue(_layer));
        TokenData data = TokenData.Read(parsed.GetValue(_data), session.Model);
        return ServeAsync(parsed, session, data, stop).GetAwaiter().GetResult();
    }

    private static async Task<int> ServeAsync(ParseResult parsed, ModelSession session, TokenData data, CancellationToken stop)
    {
        int port = parsed.GetValue(_port) ?? UsualPort;
        ModelServer server;
        try
        {
            server = await ModelServer.StartAsync(session, data, port).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new IOException($"Cannot start on port {port}: {e.Message} Another one: --port; --port 0 takes a free one.", e);
        }

        await using (server.ConfigureAwait(false))
        {
            if (parsed.GetValue(CommandLine.Json))
            {
                var line = new JsonObject { ["address"] = server.Address.AbsoluteUri, ["model"] = session.Model.Name };
                await parsed.InvocationConfiguration.Output.WriteLineAsync(line.ToJsonString()).ConfigureAwait(false);
            }
            else
            {
                await parsed.InvocationConfiguration.Output.WriteLineAsync(
                    $"{session.Model.Name}: {server.Address}  (Ctrl+C ends it)").ConfigureAwait(false);
            }

            if (!parsed.GetValue(_quiet) && !parsed.GetValue(CommandLine.Json))
            {
                Browser.Show(server.Address);
            }

            var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration signal = stop.Register(stopped.SetResult);
            await stopped.Task.ConfigureAwait(false);
        }

        return Program.Done;
    }
}
