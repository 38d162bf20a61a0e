using System.Globalization;
using System.Text;
using Qama.Tool.Formats;

namespace Qama.Tool.Tests;

/// <summary>Small files written by hand, with values computed by hand.</summary>
public sealed class KnownFileTests : FolderTest
{
    // Variables 0 and 2 with −1 and 1.5, pairs 01 with 2 and 12 with −3.
    private static readonly double[] _threeBits = [0, -1, 0, 1, 1.5, 0.5, -1.5, -0.5];

    /// <summary>Name, content, options, values of all states in the file's own terms: bit 0 of a number is the first
    /// variable.</summary>
    public static TheoryData<string, string, string, double[]> Files => new()
    {
        { "a.qubo", "c a remark\nc size: what it likes\np qubo 0 3 2 2\n0 0 -1\n2 2 1.5\n0 1 2\nc between\n1 2 -3\n", "", _threeBits },
        { "a.qubo", "p qubo unconstrained 3 2 2\n0 0 -1\n2 2 1.5\n1 0 2\n1 2 -3\n", "", _threeBits },
        // As bqpjson's converter writes it, with zeros that the line with p does not count: 2 · (0.25 + …).
        { "a.qubo", "c id : 0\nc scale : 2\nc offset : 0.25\nc key : 7\np qubo 0 3 2 2\n0 0 -0.5\n1 1 0.0\n2 2 0.75\n0 1 1\n1 2 -1.5\n", "", [.. _threeBits.Select(e => e + 0.5)] },
        { "a.qubo", "c offset=0.5\np qubo 0 3 2 3\n0 0 -1\n2 2 1.5\n0 1 2\n0 2 0\n1 2 -3\n", "",
            [.. _threeBits.Select(e => e + 0.5)] },
        { "b.coo", "# vartype=BINARY\n0 0 -1.000000\n2 2 1.500000\n0 1 2.000000\n1 2 -3.000000\n", "", _threeBits },
        { "b.txt", "# made by dimod, vartype: BINARY\n0 0 -1\n2 2 1.5\n0 1 1\n1 0 1\n1 2 -3\n", "", _threeBits },
        { "b.coo", "0 0 -1\n2 2 1.5\n0 1 2\n1 2 -3\n", "--vartype binary", _threeBits },
        { "b.coo", "# vartype=SPIN\n0 0 1\n0 1 -2\n", "", [-3, 3, 1, -1] },
        {
            "c.json", """
            {"type": "BinaryQuadraticModel", "version": {"bqm_schema": "3.0.0"}, "use_bytes": false, "index_type": "int32", "bias_type": "float64",
             "num_variables": 2, "num_interactions": 1, "variable_labels": ["a", ["b", 1]], "variable_type": "SPIN", "offset": 0.5, "info": {},
             "linear_biases": [1.0, 0.0], "quadratic_biases": [-2.0], "quadratic_head": [0], "quadratic_tail": [1]}
            """, "", [-2.5, 3.5, 1.5, -0.5]
        },
        {
            "c.json", """
            {"version": {"bqm_schema": "3.0.0"}, "use_bytes": true, "index_type": "int32", "bias_type": "float32",
             "variable_labels": [0, 1], "variable_type": "BINARY", "offset": 1,
             "linear_biases": "AACAPwAAAAA=", "quadratic_biases": [0, 0, 0, 192], "quadratic_head": "AAAAAA==", "quadratic_tail": [1, 0, 0, 0]}
            """, "", [1, 2, 1, 0]
        },
        {
            "d.json", """
            {"version": "1.0.0", "id": 2, "metadata": {}, "variable_domain": "boolean", "scale": 2, "offset": 0.25, "variable_ids": [3, 7],
             "linear_terms": [{"id": 3, "coeff": -1}], "quadratic_terms": [{"id_tail": 7, "id_head": 3, "coeff": 0.5}]}
            """, "", [0.5, -1.5, 0.5, -0.5]
        },
        { "e.mc", "# a path\n3 2\n1 2 3\n2 3 -2\n", "", [0, 3, 1, -2, -2, 1, 3, 0] },
        { "G7", "3 2\n1 2\n3 2 2\n", "", [0, 1, 3, 2, 2, 3, 1, 0] },
        { "e.mc", "3\t2\n1\t2\t3\n2\t3\t-2\n", "", [0, 3, 1, -2, -2, 1, 3, 0] },
        { "g05_60.0", "3 2\n1 2 3\n2 3 -2\n", "", [0, 3, 1, -2, -2, 1, 3, 0] },
        { "torusg3-8.dat", "3 2\n1 2 3\n2 3 -2\n", "", [0, 3, 1, -2, -2, 1, 3, 0] },
        { "f.bq", "2\t2\n1\t1\t-4\n1\t2\t3\n", "", [0, -4, 0, 2] },
        { "e.qh", "2 2\n0 0 1\n0 1 -2\n", "", [-3, 3, 1, -1] },
        { "e.qh", "3 2\n2 0 1.5\n1 1 -1\n", "", [2.5, -0.5, 0.5, -2.5, -0.5, 2.5, -2.5, 0.5] },
        { "f.bqp", "3 5\n1 1 5\n2 2 3\n3 3 1\n1 2 -6\n2 3 -1\n", "", [0, 5, 3, -4, 1, 6, 2, -5] },
        { "f.txt", "2\n1 1\n1 1 7\n3 5\n1 1 5\n2 2 3\n3 3 1\n1 2 -6\n2 3 -1\n", "--problem 2", [0, 5, 3, -4, 1, 6, 2, -5] },
        { "f.sparse", "2 2\n1 1 -4\n1 2 3\n", "", [0, -4, 0, 2] },
        {
            "g.qplib", """
            NAME
            QBN # quadratic, binary, no constraints
            maximize
            2 # number of variables
            2 # number of quadratic terms in objective
            1 1 4
            2 1 -3
            1.0 # default value for linear coefficients in objective
            1 # number of non-default linear coefficients in objective
            2 5.5
            0.5 # objective constant
            1E+30 # value for infinity
            0 # default variable primal value in starting point
            0
            0
            0
            1 # number of non-default variable names
            2 second
            0
            """, "", [0.5, 3.5, 6, 6]
        },
        { "h.mtx", "%%MatrixMarket matrix coordinate real general\n% remark\n2 2 3\n1 1 -1\n1 2 2\n2 1 0.5\n", "", [0, -1, 0, 1.5] },
        { "h.mtx", "%%MatrixMarket matrix coordinate integer symmetric\n2 2 2\n1 1 -1\n2 1 2\n", "", [0, -1, 0, 3] },
        { "h.mtx", "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n2 1\n3 2\n", "", [0, 0, 0, 2, 0, 0, 2, 4] },
        { "h.mtx", "%%MatrixMarket matrix array real general\n2 2\n-1\n0.5\n2\n0\n", "", [0, -1, 0, 1.5] },
        { "h.mtx", "%%MatrixMarket matrix array real symmetric\n2 2\n-1\n2\n0\n", "--vartype spin", [3, -3, -1, 1] },
        { "i.csv", "-1,2\n0.5,0\n", "", [0, -1, 0, 1.5] },
        { "i.csv", "-1;2,5\n0;0\n", "", [0, -1, 0, 1.5] },
        { "i.csv", "first,\"second, too\"\n-1,2.5\n0,0\n", "", [0, -1, 0, 1.5] },
        { "i.csv", ",a,b\na,-1,2.5\nb,0,0\n", "", [0, -1, 0, 1.5] },
        { "i.csv", "0,1\n-1,2.5\n0,0\n", "", [0, -1, 0, 1.5] },
        { "i.csv", "0,1\n0,-1,2.5\n1,0,0\n", "", [0, -1, 0, 1.5] },
        { "i.tsv", "\t0\t1\n0\t-1\t2.5\n1\t0\t0\n", "", [0, -1, 0, 1.5] },
        { "i.tsv", "-1\t2.5\n0\t0\n", "", [0, -1, 0, 1.5] },
        { "i.csv", "# vartype=SPIN\n# offset=1\n1,-2\n-2,0\n", "", [-2, 4, 2, 0] },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_has_the_values_computed_by_hand(string name, string content, string options, double[] values)
    {
        foreach (string variant in new[] { content, content.ReplaceLineEndings("\r\n"), "\uFEFF" + content, content.TrimEnd('\n') })
        {
            string path = At(name);
            File.WriteAllText(path, variant, new UTF8Encoding(false));
            string[] words = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            PlainProblem problem = ProblemFile.Read(path, null, new(
                words is ["--vartype", var kind] ? CommandLine.Kind(kind) : null, words is ["--problem", var number] ? int.Parse(number, CultureInfo.InvariantCulture) : null)).Problem;
            Assert.Equal(values, Enumeration.Energies(problem).Select(problem.Value), (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    [Theory]
    [InlineData("c.json", """{"version": {"bqm_schema": "2.0.0"}, "use_bytes": false, "variable_labels": ["a b", 5], "variable_type": "SPIN", "offset": 0, "linear_biases": [1, 2], "quadratic_biases": [], "quadratic_head": [], "quadratic_tail": []}""", "a b|5")]
    [InlineData("d.bqpjson", """{"version": "1.0.0", "variable_domain": "spin", "scale": 1, "offset": 0, "variable_ids": [3, 7], "linear_terms": [], "quadratic_terms": []}""", "3|7")]
    [InlineData("i.csv", "x,\"say \"\"y\"\"\"\n1,0\n0,1\n", "x|say \"y\"")]
    [InlineData("i.csv", ";a;b\na;1;0\nb;0;1\n", "a|b")]
    [InlineData("i.csv", "1,2\n1,0\n0,1\n", "1|2")]
    public void Names_of_variables_are_kept(string name, string content, string labels)
    {
        PlainProblem problem = ProblemFile.Read(Write(name, content), null, default).Problem;
        Assert.Equal(labels, string.Join('|', problem.Labels!.Select(VariableLabels.Plain)));
    }
}
