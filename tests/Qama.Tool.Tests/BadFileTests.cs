namespace Qama.Tool.Tests;

/// <summary>Files that are not as they should be: one line that names file, line and remedy, exit code 1, nothing written.</summary>
public sealed class BadFileTests : FolderTest
{
    public static TheoryData<string, string, string, string> Files => new()
    {
        { "a.qubo", "", "", "the file is empty" },
        { "a.qubo", "p qubo 0 3 2\n", "", "line 1: expected 'p qubo 0 maxNodes nodes couplers'" },
        { "a.qubo", "c\np qubo 0 3 2 1\n0 0 1\n0 1 x\n", "", "line 4: expected a finite number, got 'x'" },
        { "a.qubo", "p qubo 0 3 1 1\n0 0 1\n0 3 1\n", "", "line 3: expected a whole number in 0..2, got '3'" },
        { "a.qubo", "p qubo 0 3 2 1\n0 0 1\n0 1 1\n", "", "announces 2 nodes and 1 couplers, and there are 1 and 1" },
        { "a.qubo", "p qubo 0 3 1 2\n0 0 1\n0 1 1\n1 0 1\n", "", "line 4: 1 0 was given before" },
        { "a.qubo", "p qubo 0 1 0 0\n", "--vartype spin", "leave out --vartype, or convert with --as spin" },
        { "b.coo", "0 1 2\n", "", "give --vartype binary or --vartype spin" },
        { "b.coo", "# vartype=SPIN\n0 1 2\n", "--vartype binary", "line 1: expected a problem of vartype BINARY, got SPIN" },
        { "b.coo", "# vartype=BLUE\n0 1 2\n", "", "line 1: expected a problem of vartype BINARY or SPIN, got BLUE" },
        { "b.coo", "# vartype=SPIN\n0 1\n", "--from coo", "line 2: expected 'i j value'" },
        { "c.json", "{", "--from bqm", "line 1: the file is no JSON" },
        { "c.json", "{\"a\": 1}", "", "$: expected an object with \"version\"" },
        { "c.json", "{\n\"version\": {\"bqm_schema\": \"1.0.0\"}}", "", "line 2, $.version.bqm_schema: expected schema 3.0.0" },
        {
            "c.json", "{\"version\": {\"bqm_schema\": \"3.0.0\"}, \"variable_labels\": [0, 1], \"variable_type\": \"SPIN\", \"offset\": 0,\n\"linear_biases\": [1,\n \"x\"], \"quadratic_biases\": [], \"quadratic_head\": [], \"quadratic_tail\": []}",
            "", "line 3, $.linear_biases[1]: expected a finite number, got \"x\""
        },
        {
            "c.json", "{\"version\": {\"bqm_schema\": \"3.0.0\"}, \"variable_labels\": [0], \"variable_type\": \"SPIN\", \"offset\": 0, \"linear_biases\": [1], \"quadratic_biases\": [1], \"quadratic_head\": [0], \"quadratic_tail\": [1]}",
            "", "$.quadratic_head: number 0: expected two variables of 0..0, got 0 and 1"
        },
        {
            "d.json", "{\"version\": \"1.0.0\", \"variable_domain\": \"spin\", \"scale\": 1, \"offset\": 0, \"variable_ids\": [3], \"linear_terms\": [{\"id\": 4, \"coeff\": 1}], \"quadratic_terms\": []}",
            "", "$.linear_terms[0].id: expected a variable of \"variable_ids\", got 4"
        },
        { "e.mc", "3 2\n1 2 3\n", "", "the file ends here: expected 'i j weight', 2 lines" },
        { "e.mc", "3 1\n1 2 3\n2 3 1\n", "", "line 3: expected the end after 1 edges" },
        { "e.mc", "3 1\n2 2 3\n", "--from mc", "line 2: an edge joins two vertices" },
        { "e.mc", "3 2\n1 2 3\n2 1 3\n", "", "line 3: the edge 2 1 was given before" },
        { "e.txt", "3 1\n1 2 3\n", "", "a graph for max cut (--from mc)" },
        { "f.bqp", "2 1\n1 3 1\n", "", "line 2: expected a whole number in 1..2, got '3'" },
        { "f.txt", "2\n1 1\n1 1 1\n1 1\n1 1 1\n", "", "give --problem with a number from 1 to 2" },
        { "f.bqp", "1 1\n1 1 1\n", "--problem 2", "leave out --problem" },
        { "g.qplib", "N\nQCL\nminimize\n2\n", "", "line 2: expected binary variables without constraints, as QBN has, got 'QCL'" },
        { "g.qplib", "N\nQBN\nminimize\n2\n1\n2 1 5\n0\n0\n", "", "the file ends here: expected the constant" },
        { "h.mtx", "%%MatrixMarket matrix coordinate complex general\n1 1 0\n", "", "line 1: expected '%%MatrixMarket" },
        { "h.mtx", "%%MatrixMarket matrix coordinate real general\n2 3 0\n", "", "line 2: expected a square matrix" },
        { "h.mtx", "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 1\n", "--vartype spin", "rows 1 and 2 differ: make it symmetric" },
        { "h.mtx", "%%MatrixMarket matrix array real general\n2 2\n1\n2\n3\n", "", "the file ends here" },
        { "i.csv", "1,2\n3\n", "", "line 2: expected 2 values, as in the first row, got 1" },
        { "i.csv", "2,1\n3,4\n5,6\n", "", "line 3: expected a square matrix of 2 rows, got more" },
        { "i.csv", "1,2\n3,four\n", "", "line 2: expected a finite number, got 'four'" },
        { "i.csv", "1,2\n", "", "expected a square matrix of 2 whole rows, got 1" },
        { "j.dat", "hello\n", "", "name it with --from" },
        // commas are not a table
        { "j.mzn", "% a model\nset of int: Domain = {0,1};\nvar Domain: x;\n", "", "name it with --from" },
        { "k.qh", "2 1\n0 2 1\n", "", "line 2: expected a whole number in 0..1, got '2'" },
        { "k.qh", "2 2\n0 1 1\n1 0 2\n", "", "line 3: 1 0 was given before" },
        { "l.cqm", "DIMODCQM\u0001\0\0\0{}", "", "it is no file of text, nor a BQM file of dimod" },
        { "l.zip", "PK\u0003\u0004\0\0", "", "it is no file of text" },
        { "l.bqm", "DIMODBQM\u0003\0\0\0\0\0", "", "it is of version 3.0; 1 and 2 are read" },
        { "l.bqm", "DIMODBQM\u0002", "", "it is cut off" },
        { "l.bqm", "DIMODBQM\u0001\0\u0002\0\0\0{}", "", "expected an object with \"vartype\"" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void The_error_says_where_and_what_to_do(string name, string content, string options, string expected)
    {
        string path = Write(name, content);
        string[] more = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (string[] command in new string[][] { ["info", path, .. more], ["convert", path, At("out.coo"), .. more] })
        {
            Outcome outcome = ToolProgram.Run(command);
            Assert.Equal((1, ""), (outcome.ExitCode, outcome.Output));
            Assert.StartsWith(path, outcome.Errors, StringComparison.Ordinal);
            Assert.Contains(expected, outcome.Errors, StringComparison.Ordinal);
            Assert.Single(outcome.Errors.TrimEnd().Split('\n'));
        }

        Assert.Equal([name], Directory.GetFiles(Folder).Select(Path.GetFileName));
    }
}
